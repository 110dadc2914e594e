"""Whoever has a link: what the answers carry, passwords, guessing, and plays."""

import time
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client
from django.urls import reverse

from listening.models import ListenRow
from music.models import Track
from music.tests.catalogue import add_track
from sharing.models import Share, SharePlay
from sharing.tests.cast import PASSWORD, link_to, page, sounds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Seconds to put forward."""
    ahead = [0.0]
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + ahead[0])
    return ahead


def test_no_search_engine_no_address_told_no_copy_no_cookie(track: Track, client: Client, as_charlie: Client) -> None:
    share = link_to(track)
    address = share.get_absolute_url()
    for visitor in (client, as_charlie):
        visitor.cookies.pop("csrftoken", None)
        for path in (address, f"{address}embed/", f"{address}sounds/{track.pk}/", sounds(page(client, share))[0]):
            response = visitor.get(path)
            assert response["X-Robots-Tag"] == "noindex, nofollow"
            assert response["Referrer-Policy"] == "strict-origin"
            assert not response.cookies
            assert not response.wsgi_request.session.accessed
            assert "X-User-Id" not in response
        assert visitor.get(address)["Cache-Control"] == "no-store"
        assert '<meta name="robots" content="noindex, nofollow">' in visitor.get(address).content.decode()


def test_it_is_noted_when_it_was_used(track: Track, client: Client) -> None:
    share = link_to(track)
    assert share.last_used_at is None
    page(client, share)
    assert Share.objects.get().last_used_at is not None


def test_a_password_keeps_everything_shut_until_it_is_given(track: Track, client: Client) -> None:
    share = link_to(track, password=PASSWORD)
    assert PASSWORD not in share.password and check_password(PASSWORD, share.password)
    address = share.get_absolute_url()
    locked = client.get(address).content.decode()
    assert track.title not in locked and "/shared/" not in locked and "ld+json" not in locked
    assert client.get(f"{address}sounds/{track.pk}/").status_code == 403
    assert track.title not in client.get(f"{address}embed/").content.decode()
    assert client.get(f"/oembed/?url=http://127.0.0.1:8000{address}").status_code == 401
    wrong = client.post(address, {"password": "open barley"})
    assert wrong.status_code == 422 and track.title not in wrong.content.decode()
    right = client.post(address, {"password": PASSWORD})
    assert right["Location"] == address
    [cookie] = [each for name, each in right.cookies.items() if name.startswith("share_")]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (address, True, "Lax")
    assert track.title in page(client, share)
    assert client.get(f"{address}sounds/{track.pk}/").status_code == 200


def test_the_cookie_of_one_link_opens_no_other(track: Track, client: Client) -> None:
    one, two = link_to(track, password=PASSWORD), link_to(track, password=PASSWORD)
    client.post(one.get_absolute_url(), {"password": PASSWORD})
    client.cookies[f"share_{two.pk}"] = client.cookies[f"share_{one.pk}"].value
    assert track.title not in client.get(two.get_absolute_url()).content.decode()


def test_passwords_cannot_be_tried_out(track: Track, client: Client) -> None:
    share = link_to(track, password=PASSWORD)
    tried = [client.post(share.get_absolute_url(), {"password": f"guess {n}"}).status_code for n in range(7)]
    assert tried == [422] * 5 + [429] * 2
    # From another address too, and with the right one.
    elsewhere = Client(REMOTE_ADDR="10.1.1.1")
    response = elsewhere.post(share.get_absolute_url(), {"password": PASSWORD})
    assert response.status_code == 429 and "Wait five minutes" in response.content.decode()
    assert not response.cookies.get(f"share_{share.pk}")


def test_many_friends_open_one_link(track: Track) -> None:
    share = link_to(track, password=PASSWORD)
    for number in range(12):
        friend = Client(REMOTE_ADDR=f"10.2.0.{number}")
        assert friend.post(share.get_absolute_url(), {"password": PASSWORD}).status_code == 302


def test_the_password_form_asks_for_the_token(track: Track) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link_to(track, password=PASSWORD).get_absolute_url(), {"password": PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    "path", ["/s/{}/", "/s/{}/embed/", "/s/{}/sounds/1/", "/oembed/?url=http://127.0.0.1:8000/s/{}/"]
)
def test_secrets_cannot_be_guessed(path: str, track: Track, client: Client) -> None:
    share = link_to(track)
    tried = [client.get(path.format(f"{n:022}")).status_code for n in range(22)]
    assert tried == [404] * 20 + [429] * 2
    # Who has used up the guesses does not learn that this is a right one.
    assert client.get(share.get_absolute_url()).status_code == 429
    assert Client(REMOTE_ADDR="10.1.1.1").get(share.get_absolute_url()).status_code == 200


def test_whoever_has_the_link_may_open_it_as_often_as_they_like(track: Track, client: Client) -> None:
    share = link_to(track)
    assert {client.get(share.get_absolute_url()).status_code for _ in range(30)} == {200}


@pytest.mark.parametrize("secret", ["%00", "%ED%A0%80", "..", "a" * 5000, "%F0%9F%8E%B5", "'; DROP TABLE"])
def test_nonsense_is_no_secret(secret: str, client: Client, db: None) -> None:
    assert client.get(f"/s/{secret}/").status_code == 404


def _play(client: Client, sound: str, played_ms: object) -> Any:
    return client.post(f"{sound}played/", {"played_ms": str(played_ms)})


def test_a_play_counts_once_when_enough_was_heard(alice: Any, client: Client, clock: Any) -> None:
    share = link_to(add_track(alice, duration_ms=60_000))
    [sound] = sounds(page(client, share))
    assert _play(client, sound, 30_000).json() == {"counted": False}  # no second has passed
    clock[0] = 29
    assert _play(client, sound, 30_000).json() == {"counted": False}
    clock[0] = 31
    assert _play(client, sound, 29_000).json() == {"counted": False}
    assert _play(client, sound, 30_000).json() == {"counted": True}
    assert _play(client, sound, 60_000).json() == {"counted": False}  # told twice
    assert Share.objects.get().plays == 1
    again = client.get(f"{share.get_absolute_url()}sounds/{share.track_id}/").json()["sound"]
    clock[0] = 62
    assert _play(client, again, 30_000).json() == {"counted": True}
    assert Share.objects.get().plays == 2


def test_a_track_of_thirty_seconds_never_counts(alice: Any, client: Client, clock: Any) -> None:
    [sound] = sounds(page(client, link_to(add_track(alice, duration_ms=30_000))))
    clock[0] = 60
    assert _play(client, sound, 30_000).json() == {"counted": False}


def test_nobodys_listens_are_recorded(alice: Any, client: Client, as_charlie: Client, clock: Any) -> None:
    share = link_to(add_track(alice, duration_ms=60_000))
    for visitor in (client, as_charlie):
        [sound] = sounds(page(visitor, share))
        clock[0] += 60
        assert _play(visitor, sound, 60_000).json() == {"counted": True}
    assert not ListenRow.objects.exists()


@pytest.mark.parametrize("said", ["", "x", "1.5", "1e9", "-1", "9" * 5000])
def test_nonsense_does_not_count(said: str, alice: Any, client: Client) -> None:
    [sound] = sounds(page(client, link_to(add_track(alice))))
    response = _play(client, sound, said)
    assert response.status_code == 400 or response.json() == {"counted": False}
    assert Share.objects.get().plays == 0


def test_a_play_can_be_told_for_a_day_and_is_remembered_no_longer(alice: Any, client: Client, clock: Any) -> None:
    share = link_to(add_track(alice, duration_ms=60_000), days=None)
    [sound] = sounds(page(client, share))
    clock[0] = 24 * 60 * 60 + 5
    assert _play(client, sound, 60_000).status_code == 400
    clock[0] = 0
    old = SharePlay.objects.create(share=share, ticket="old")
    SharePlay.objects.filter(pk=old.pk).update(counted_at="2020-01-01T00:00Z")
    clock[0] = 60
    assert _play(client, sound, 60_000).json() == {"counted": True}
    assert not SharePlay.objects.filter(pk=old.pk).exists()


def test_a_script_does_not_drive_the_count_up(alice: Any, client: Client, clock: Any) -> None:
    share = link_to(add_track(alice, duration_ms=31_000))
    tickets = [client.get(f"{share.get_absolute_url()}sounds/{share.track_id}/").json()["sound"] for _ in range(125)]
    clock[0] = 60
    statuses = [_play(client, ticket, 31_000).status_code for ticket in tickets]
    assert statuses.count(200) == 120 and statuses[-1] == 429
    assert Share.objects.get().plays == 120


def test_no_method_but_those_meant(track: Track, client: Client) -> None:
    share = link_to(track)
    [sound] = sounds(page(client, share))
    assert client.get(f"{sound}played/").status_code == 405
    assert client.post(sound).status_code == 405
    assert client.post(f"{share.get_absolute_url()}embed/").status_code == 405
    assert client.delete(reverse("shared", args=[share.secret])).status_code == 405
