"""Connect, see how it goes, disconnect: pages that work without JavaScript and never show a token."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scrobbling.models import Scrobble, ServiceConnection, Trouble
from scrobbling.sealing import Unreadable, seal, unseal
from scrobbling.tests.outgoing.cast import LASTFM, LISTENBRAINZ, Clock, connected, played, states
from scrobbling.tests.outgoing.upstream import LB_TOKEN, LFM_KEY, LFM_SECRET, LFM_SESSION, LFM_TOKEN, Upstream

Send = Callable[[], None]
State = ServiceConnection.State
PAGE = "/settings/services/"


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def way_back(client: Client) -> str:
    """The path that Last.fm will send the browser to."""
    address = re.search(r'href="(https://www\.last\.fm/api/auth/[^"]+)"', client.get(PAGE).content.decode())
    assert address
    query = parse_qs(urlsplit(address[1].replace("&amp;", "&")).query)
    assert query["api_key"] == [LFM_KEY]
    return urlsplit(query["cb"][0]).path


def connect_listenbrainz(client: Client, token: str = LB_TOKEN) -> Any:
    return client.post(f"{PAGE}listenbrainz/", {"token": token})


def test_a_token_is_checked_by_the_worker_and_the_page_says_whose_it_is(
    bob: Any, as_bob: Client, upstream: Upstream, send: Send
) -> None:
    assert "Not connected" in text(as_bob.get(PAGE))
    assert connect_listenbrainz(as_bob, f" {LB_TOKEN} ").status_code == 302
    page = as_bob.get(PAGE)
    assert "Connecting…" in text(page) and 'data-busy="true"' in page.content.decode()
    send()
    assert upstream.requests == [("validate", 0)]
    page = as_bob.get(PAGE)
    assert "Connected as bob_lb" in text(page)
    assert LB_TOKEN not in page.content.decode()


def test_a_wrong_token_is_said_so_and_can_be_typed_again(
    bob: Any, as_bob: Client, upstream: Upstream, send: Send
) -> None:
    connect_listenbrainz(as_bob, "wrong")
    send()
    page = text(as_bob.get(PAGE))
    assert "ListenBrainz does not know this token." in page and "User token" in page
    connect_listenbrainz(as_bob)
    assert "does not know" not in text(as_bob.get(PAGE))
    send()
    assert "Connected as bob_lb" in text(as_bob.get(PAGE))


@pytest.mark.parametrize("token", ["", "two words", "naïve", "x" * 201, "a\r\nX-Evil: 1"])
def test_what_cannot_be_a_token_is_refused_with_what_was_typed(as_bob: Client, upstream: Upstream, token: str) -> None:
    response = connect_listenbrainz(as_bob, token)
    assert response.status_code == 422
    assert 'class="errorlist"' in response.content.decode()
    if token == "two words":
        assert 'value="two words"' in response.content.decode()
    assert not ServiceConnection.objects.exists()


def test_connecting_goes_on_when_the_service_is_back(
    bob: Any, as_bob: Client, upstream: Upstream, send: Send, clock: Clock
) -> None:
    upstream.faults = [503]
    connect_listenbrainz(as_bob)
    send()
    page = text(as_bob.get(PAGE))
    assert "Connecting…" in page and "ListenBrainz had a problem of its own. Next try at" in page
    clock.forward(seconds=5)
    send()
    assert "Connected as bob_lb" in text(as_bob.get(PAGE))


def test_lastfm_is_connected_by_going_there_and_back(bob: Any, as_bob: Client, upstream: Upstream, send: Send) -> None:
    path = way_back(as_bob)
    assert as_bob.get(path, {"token": LFM_TOKEN}).url == PAGE
    assert "Connecting…" in text(as_bob.get(PAGE))
    send()
    assert upstream.requests == [("auth.getSession", 0)] and upstream.broken_rules == []
    connection = ServiceConnection.objects.get()
    assert (connection.state, connection.account) == (State.CONNECTED, "bob_fm")
    assert unseal(connection.sealed) == LFM_SESSION
    assert "Connected as bob_fm" in text(as_bob.get(PAGE))


def test_going_back_to_the_way_back_disturbs_nothing(bob: Any, as_bob: Client, upstream: Upstream, send: Send) -> None:
    path = way_back(as_bob)
    as_bob.get(path, {"token": LFM_TOKEN})
    send()
    as_bob.get(path, {"token": LFM_TOKEN})
    send()
    assert ServiceConnection.objects.get().state == State.CONNECTED


@pytest.mark.parametrize("query", [{}, {"token": ""}, {"token": "a b"}, {"token": "x" * 101}])
def test_a_way_back_without_permission_connects_nothing(as_bob: Client, upstream: Upstream, query: Any) -> None:
    response = as_bob.get(way_back(as_bob), query, follow=True)
    assert "no longer valid" in text(response)
    assert not ServiceConnection.objects.exists()


def test_nobody_is_connected_to_a_strangers_account_by_a_link(
    as_alice: Client, as_bob: Client, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_bob.get(way_back(as_alice), {"token": LFM_TOKEN})
    as_bob.get(f"{PAGE}lastfm/allowed/made-up/", {"token": LFM_TOKEN})
    path = way_back(as_bob)
    monkeypatch.setattr("scrobbling.connecting.STATE_SECONDS", -1)
    as_bob.get(path, {"token": LFM_TOKEN})
    assert not ServiceConnection.objects.exists()


def test_a_permission_that_came_too_late_is_said_so(as_bob: Client, upstream: Upstream, send: Send) -> None:
    as_bob.get(way_back(as_bob), {"token": "never-issued"})
    send()
    assert "Last.fm has no permission of yours, or it came too late. Connect again." in text(as_bob.get(PAGE))
    way_back(as_bob)


def test_a_service_that_is_not_set_up_is_not_there(as_bob: Client, settings: Any) -> None:
    settings.LASTFM_API_KEY = settings.LASTFM_API_SECRET = ""
    assert "Last.fm" not in text(as_bob.get(PAGE))
    assert as_bob.get(f"{PAGE}lastfm/state/").status_code == 404
    assert as_bob.get(f"{PAGE}lastfm/allowed/x/").status_code == 404
    settings.LISTENBRAINZ_URL = ""
    assert as_bob.get(PAGE).status_code == 404
    assert as_bob.post(f"{PAGE}listenbrainz/", {"token": "x"}).status_code == 404
    assert "Services" not in text(as_bob.get("/settings/listening/"))


def test_unknown_services_are_404(as_bob: Client, upstream: Upstream) -> None:
    assert as_bob.get(f"{PAGE}myspace/state/").status_code == 404
    assert as_bob.post(f"{PAGE}myspace/disconnect/").status_code == 404


def test_disconnecting_forgets_the_token_and_what_waits(
    alice: Any, bob: Any, as_bob: Client, upstream: Upstream, send: Send
) -> None:
    hers = connected(alice, LISTENBRAINZ, upstream)
    connected(bob, LISTENBRAINZ, upstream)
    connected(bob, LASTFM, upstream)
    played(bob, "One")
    for _ in range(2):
        as_bob.post(f"{PAGE}listenbrainz/disconnect/")
    left = set(ServiceConnection.objects.values_list("user_id", "service"))
    assert left == {(alice.pk, "listenbrainz"), (bob.pk, "lastfm")}
    assert Scrobble.objects.filter(connection__user=bob).count() == 1
    assert states(hers) == {}
    connect_listenbrainz(as_bob)
    send()
    assert upstream.titles == ["One"]  # to Last.fm; what was heard before one connects stays here


def test_the_page_tells_how_it_goes(bob: Any, as_bob: Client, upstream: Upstream, send: Send) -> None:
    connected(bob, LISTENBRAINZ, upstream)
    upstream.unacceptable = {"Bad <b>one</b>"}
    upstream.faults = [(429, {"Retry-After": "60"})]
    played(bob, "One", "Bad <b>one</b>")
    assert "2 listens" in text(as_bob.get(PAGE))
    send()
    assert "ListenBrainz asked us to slow down. Next try at" in text(as_bob.get(PAGE))
    ServiceConnection.objects.update(next_try_at=None)
    send()
    page = as_bob.get(PAGE)
    assert "0 listens" in text(page) and "Latest that were not accepted" in text(page)
    assert "we do not take Bad &lt;b&gt;one&lt;/b&gt;" in page.content.decode()
    assert "nothing yet" not in text(page)


def test_who_was_disconnected_is_told_until_they_have_seen_to_it(
    bob: Any, as_bob: Client, as_alice: Client, upstream: Upstream, send: Send
) -> None:
    connected(bob, LISTENBRAINZ, upstream)
    upstream.lb_tokens.clear()
    played(bob, "One")
    send()
    words = "ListenBrainz no longer accepts the connection. Connect again."
    for path in ("/history/", "/profile/", "/settings/listening/", "/settings/data/", PAGE):
        assert words in text(as_bob.get(path)), path
        assert words not in text(as_alice.get(path)), path
    assert as_bob.post(f"{PAGE}listenbrainz/dismiss/", {"next": "/history/"}).url == "/history/"
    assert words not in text(as_bob.get("/history/"))
    assert words in text(as_bob.get(PAGE))
    ServiceConnection.objects.update(is_unread=True)
    upstream.lb_tokens[LB_TOKEN] = "bob_lb"
    connect_listenbrainz(as_bob)
    assert words not in text(as_bob.get("/history/"))
    send()
    assert upstream.titles == ["One"]


def test_a_changed_secret_key_disconnects_with_words(
    bob: Any, as_bob: Client, upstream: Upstream, send: Send, settings: Any
) -> None:
    connection = connected(bob, LISTENBRAINZ, upstream)
    played(bob, "One")
    settings.SECRET_KEY = "another-" + settings.SECRET_KEY
    send()
    connection.refresh_from_db()
    assert (connection.state, connection.trouble) == (State.REFUSED, Trouble.UNREADABLE)
    assert upstream.requests == []


def test_a_former_secret_key_still_opens_and_is_not_needed_twice(
    bob: Any, upstream: Upstream, send: Send, settings: Any
) -> None:
    connected(bob, LISTENBRAINZ, upstream)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another-" + settings.SECRET_KEY
    settings.SECRET_KEY_FALLBACKS = [former]
    played(bob, "One")
    send()
    settings.SECRET_KEY_FALLBACKS = []
    played(bob, "Two")
    send()
    assert upstream.titles == ["One", "Two"]


def test_tokens_are_encrypted_where_they_lie(
    bob: Any, as_bob: Client, upstream: Upstream, send: Send, capsys: pytest.CaptureFixture[str]
) -> None:
    connect_listenbrainz(as_bob)
    as_bob.get(way_back(as_bob), {"token": LFM_TOKEN})
    call_command("dumpdata", "scrobbling")
    send()
    played(bob, "One")
    call_command("dumpdata", "scrobbling", "sessions")
    dumped = capsys.readouterr().out
    assert "bob_lb" in dumped
    for secret in (LB_TOKEN, LFM_TOKEN, LFM_SESSION, LFM_SECRET):
        assert secret not in dumped
    one, other = seal("x"), seal("x")
    assert one != other and unseal(one) == unseal(other) == "x"
    with pytest.raises(Unreadable):
        unseal(one[:-4] + "AAA=")


def test_no_token_is_ever_logged(
    bob: Any, as_bob: Client, upstream: Upstream, send: Send, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    connect_listenbrainz(as_bob)
    as_bob.get(way_back(as_bob), {"token": LFM_TOKEN})
    upstream.faults = ["cut", 500, "hang", (403, {}, {"error": 10, "message": "no"})]
    for _ in range(4):
        send()
        clock.forward(minutes=1)
    assert len(caplog.records) >= 4
    for secret in (LB_TOKEN, LFM_TOKEN, LFM_SESSION, LFM_KEY, LFM_SECRET):
        assert secret not in caplog.text


def test_the_admin_looks_and_touches_nothing(
    bob: Any, staff: Any, sign_in: Any, upstream: Upstream, settings: Any
) -> None:
    connection = connected(bob, LISTENBRAINZ, upstream)
    played(bob, "One", "Two")
    client = sign_in(staff)
    listed = client.get("/admin/scrobbling/serviceconnection/")
    assert "bob_lb" in text(listed) and '<td class="field-waiting">2</td>' in listed.content.decode()
    shown = client.get(f"/admin/scrobbling/serviceconnection/{connection.pk}/change/")
    assert shown.status_code == 200
    for page in (listed, shown):
        assert connection.sealed not in page.content.decode() and LB_TOKEN not in page.content.decode()
    assert client.post(f"/admin/scrobbling/serviceconnection/{connection.pk}/change/", {}).status_code == 403
    assert client.post(f"/admin/scrobbling/serviceconnection/{connection.pk}/delete/", {}).status_code == 403


def test_a_long_queue_costs_the_page_nothing(bob: Any, as_bob: Client, upstream: Upstream) -> None:
    connection = connected(bob, LISTENBRAINZ, upstream)

    def queries() -> int:
        with CaptureQueriesContext(database) as asked:
            as_bob.get(PAGE)
        return len(asked)

    played(bob, "One")
    as_bob.get(PAGE)
    few = queries()
    rows = [Scrobble(connection=connection, event_id=str(n), started_at=timezone.now()) for n in range(500)]
    rows += [
        Scrobble(connection=connection, event_id=f"d{n}", started_at=timezone.now(), state="dropped") for n in range(50)
    ]
    Scrobble.objects.bulk_create(rows)
    assert queries() == few
