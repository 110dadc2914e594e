"""From the player's reports to the services: what is playing, what counts, and what it costs."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from listening.private import begin_private_session, end_private_session
from music.models import Track
from music.tests.catalogue import add_track
from scrobbling import outgoing
from scrobbling.models import Scrobble, ServiceConnection, Trouble
from scrobbling.tests.outgoing.cast import BOTH, LASTFM, LISTENBRAINZ, Clock, connected, states
from scrobbling.tests.outgoing.upstream import Upstream

Send = Callable[[], None]


@pytest.fixture
def track(alice: Any) -> Track:
    return add_track(alice, "Blue Hour", artist="Ada", album="Nights", duration_ms=200_000)


def start(client: Client, track: Track, ago: float = 0, event_id: str = "") -> str:
    event_id = event_id or str(uuid.uuid4())
    body = {
        "event_id": event_id,
        "track_id": track.pk,
        "started_at": (timezone.now() - timedelta(seconds=ago)).isoformat(),
    }
    assert client.post("/listens/start/", json.dumps(body), content_type="application/json").status_code == 200
    return event_id


def report(client: Client, event_id: str, played_ms: int, kind: str = "progress") -> Any:
    body = json.dumps({"played_ms": played_ms})
    return client.post(f"/listens/{event_id}/{kind}/", body, content_type="application/json")


@BOTH
def test_a_play_is_shown_while_it_lasts_and_sent_when_it_counts(
    bob: Any, as_bob: Client, track: Track, upstream: Upstream, send: Send, service: str
) -> None:
    connection = connected(bob, service, upstream)
    event_id = start(as_bob, track, ago=150)
    send()
    assert (upstream.playing, upstream.received) == (["Blue Hour"], [])
    report(as_bob, event_id, 99_000)
    send()
    assert upstream.received == []
    report(as_bob, event_id, 100_000)
    send()
    assert upstream.titles == ["Blue Hour"]
    for _ in range(2):
        report(as_bob, event_id, 150_000, "complete")
        send()
    assert (upstream.playing, upstream.titles) == (["Blue Hour"], ["Blue Hour"])
    assert states(connection) == {"sent": 1}
    assert upstream.broken_rules == []


def test_skipping_through_shows_only_where_it_ended(
    bob: Any, as_bob: Client, alice: Any, upstream: Upstream, send: Send
) -> None:
    connected(bob, LASTFM, upstream)
    for title in ("One", "Two", "Three"):
        start(as_bob, add_track(alice, title))
    send()
    send()
    assert upstream.playing == ["Three"]


@BOTH
def test_what_is_playing_is_not_told_when_the_track_is_over(
    bob: Any, as_bob: Client, track: Track, upstream: Upstream, send: Send, clock: Clock, service: str
) -> None:
    connection = connected(bob, service, upstream)
    start(as_bob, track, ago=10)
    upstream.faults = [500] * 5
    for seconds in (0, 5, 10, 20, 40):
        clock.forward(seconds=seconds)
        send()
    assert len(upstream.requests) == 5
    clock.forward(seconds=160)
    send()
    assert (len(upstream.requests), upstream.playing) == (5, [])
    connection.refresh_from_db()
    assert (connection.playing, connection.trouble) == (None, "")


def test_what_is_playing_is_told_again_while_it_lasts(
    bob: Any, as_bob: Client, track: Track, upstream: Upstream, send: Send, clock: Clock
) -> None:
    connected(bob, LISTENBRAINZ, upstream)
    start(as_bob, track)
    upstream.faults = [500]
    send()
    clock.forward(seconds=5)
    send()
    assert upstream.playing == ["Blue Hour"]


def test_a_play_that_is_reported_late_is_not_playing_now(
    bob: Any, as_bob: Client, track: Track, upstream: Upstream, send: Send
) -> None:
    connected(bob, LISTENBRAINZ, upstream)
    event_id = start(as_bob, track, ago=3 * 24 * 3600)
    report(as_bob, event_id, 200_000, "complete")
    send()
    assert (upstream.playing, upstream.titles) == ([], ["Blue Hour"])


@pytest.mark.parametrize("fault", [(400, {}, {"error": "no"}), (200, {}, {"error": 6})])
def test_what_is_playing_and_is_refused_is_not_told_again(
    bob: Any, as_bob: Client, track: Track, upstream: Upstream, send: Send, fault: Any
) -> None:
    connection = connected(bob, LISTENBRAINZ if fault[0] == 400 else LASTFM, upstream)
    start(as_bob, track)
    upstream.faults = [fault]
    send()
    send()
    assert len(upstream.requests) == 1
    connection.refresh_from_db()
    assert connection.trouble == ""


@BOTH
def test_a_private_session_never_leaves(
    bob: Any, as_bob: Client, track: Track, upstream: Upstream, send: Send, service: str
) -> None:
    connection = connected(bob, service, upstream)
    begun_before = start(as_bob, track, ago=150)
    begin_private_session(bob.pk)
    send()
    event_id = start(as_bob, track, ago=150)
    report(as_bob, event_id, 150_000)
    report(as_bob, begun_before, 200_000)
    end_private_session(bob.pk)
    report(as_bob, begun_before, 200_000, "complete")
    send()
    assert (upstream.playing, upstream.received) == ([], [])
    assert states(connection) == {}


def test_who_has_nothing_connected_pays_one_quick_question(
    bob: Any, as_bob: Client, track: Track, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def queries(of: Callable[[], Any]) -> int:
        with CaptureQueriesContext(
            database,
        ) as asked:
            of()
        return sum("scrobbling" in each["sql"] for each in asked.captured_queries)

    event_id = str(uuid.uuid4())
    assert queries(lambda: start(as_bob, track, ago=150, event_id=event_id)) == 1
    assert queries(lambda: report(as_bob, event_id, 10_000)) == 0
    assert queries(lambda: report(as_bob, event_id, 120_000)) == 1
    plan = ServiceConnection.objects.filter(user_id=bob.pk, service__in=["listenbrainz"]).only("since").explain()
    assert "INDEX" in plan or database.vendor != "sqlite"


def test_nothing_is_asked_elsewhere_inside_a_request(
    bob: Any, as_bob: Client, track: Track, upstream: Upstream
) -> None:
    connected(bob, LISTENBRAINZ, upstream)
    connected(bob, LASTFM, upstream)
    report(as_bob, start(as_bob, track, ago=150), 120_000)
    as_bob.get("/settings/services/")
    as_bob.post("/settings/services/listenbrainz/", {"token": "abc"})
    as_bob.get("/settings/services/listenbrainz/state/")
    as_bob.post("/settings/services/lastfm/disconnect/")
    assert upstream.requests == []


def test_a_listen_is_recorded_though_it_cannot_be_noted_and_the_next_report_makes_up_for_it(
    bob: Any, as_bob: Client, track: Track, upstream: Upstream, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(bob, LISTENBRAINZ, upstream)
    event_id = start(as_bob, track, ago=150)

    def broken(*_: Any) -> None:
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(outgoing, "_connections", broken)
        assert report(as_bob, event_id, 120_000).json()["counted"] is True
    assert not Scrobble.objects.exists()
    report(as_bob, event_id, 130_000)
    send()
    assert upstream.titles == ["Blue Hour"]


def test_what_is_heard_while_disconnected_waits_for_the_next_connection(
    bob: Any, as_bob: Client, track: Track, upstream: Upstream, send: Send
) -> None:
    connected(bob, LISTENBRAINZ, upstream)
    ServiceConnection.objects.update(state=ServiceConnection.State.REFUSED, sealed="", trouble=Trouble.REVOKED)
    report(as_bob, start(as_bob, track, ago=150), 120_000)
    send()
    assert upstream.requests == []
    as_bob.post("/settings/services/listenbrainz/", {"token": next(iter(upstream.lb_tokens))})
    send()
    assert upstream.titles == ["Blue Hour"]
