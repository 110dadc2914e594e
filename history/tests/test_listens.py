import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from listening.store import listen_store
from music.models import Track
from music.tests.catalogue import add_track


@pytest.fixture
def track(alice: Any) -> Track:
    return add_track(alice, "Blue Hour", duration_ms=100_000, genres=["Jazz", "Soul"])


@pytest.fixture
def event_id() -> str:
    return str(uuid.uuid4())


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json")


def start(client: Client, track: Track, event_id: str, ago: float = 0, **more: Any) -> Any:
    """Begin a listen `ago` seconds before now: what the server's clock lets it claim depends on that."""
    if ago:
        more["started_at"] = (timezone.now() - timedelta(seconds=ago)).isoformat()
    return post(client, "/listens/start/", event_id=event_id, track_id=track.pk, source="genre:jazz", **more)


def last_listen(user: Any) -> Any:
    return listen_store().history(user.pk, 1)[0]


def test_a_listen_is_kept_with_all_it_needs(as_bob: Client, bob: Any, track: Track, event_id: str) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    assert start(as_bob, track, event_id).status_code == 200
    listen = last_listen(bob)
    assert (listen.event_id, listen.track_id, listen.artist_id) == (event_id, track.pk, track.artist_id)
    assert (listen.title, listen.artist_name) == ("Blue Hour", track.artist.name)
    assert set(listen.genres) == {"jazz", "soul"}
    assert before <= listen.started_at <= datetime.now(UTC)
    assert (listen.played_ms, listen.duration_ms, listen.source) == (0, 100_000, "genre:jazz")
    assert not (listen.completed or listen.counted or listen.skipped)


def test_a_track_without_album_and_genre_is_listened_to(as_bob: Client, bob: Any, alice: Any, event_id: str) -> None:
    assert start(as_bob, add_track(alice, genres=[]), event_id).status_code == 200
    listen = last_listen(bob)
    assert (listen.album_id, listen.album_title, listen.genres) == (0, "", ())


def test_a_report_asks_the_database_little(
    as_bob: Client, track: Track, event_id: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(10):
        start(as_bob, track, event_id, ago=101)
    with django_assert_max_num_queries(10):
        post(as_bob, f"/listens/{event_id}/complete/", played_ms=99_000)


def test_hearing_a_track_to_its_end_completes_it(as_bob: Client, bob: Any, track: Track, event_id: str) -> None:
    start(as_bob, track, event_id, ago=101)
    assert post(as_bob, f"/listens/{event_id}/progress/", played_ms=50_000).json()["counted"] is True
    answer = post(as_bob, f"/listens/{event_id}/complete/", played_ms=99_000)
    assert answer.status_code == 200
    assert answer.json()["completed"] is True
    assert last_listen(bob).completed_at is not None


def test_dragging_to_the_end_is_no_listen(as_bob: Client, track: Track, event_id: str) -> None:
    start(as_bob, track, event_id, ago=101)
    answer = post(as_bob, f"/listens/{event_id}/complete/", played_ms=4_000).json()
    assert (answer["completed"], answer["counted"]) == (False, False)


def test_the_servers_clock_caps_what_was_played(as_bob: Client, track: Track, event_id: str) -> None:
    start(as_bob, track, event_id)
    answer = post(as_bob, f"/listens/{event_id}/complete/", played_ms=100_000).json()
    assert answer["played_ms"] < 10_000
    assert answer["completed"] is False


def test_leaving_early_is_a_skip(as_bob: Client, track: Track, event_id: str) -> None:
    start(as_bob, track, event_id, ago=60)
    assert post(as_bob, f"/listens/{event_id}/progress/", played_ms=5_000).json()["skipped"] is False
    assert post(as_bob, f"/listens/{event_id}/progress/", played_ms=6_000, left=True).json()["skipped"] is True


def test_a_beacon_without_headers_is_taken_as_a_form(as_bob: Client, bob: Any, track: Track, event_id: str) -> None:
    start(as_bob, track, event_id, ago=60)
    answer = as_bob.post(f"/listens/{event_id}/progress/", {"played_ms": "5000", "left": "1"})
    assert answer.status_code == 200
    assert last_listen(bob).skipped is True


def test_everything_sent_twice_is_one_listen(as_bob: Client, bob: Any, track: Track, event_id: str) -> None:
    for _ in range(2):
        assert start(as_bob, track, event_id, ago=101).status_code == 200
        post(as_bob, f"/listens/{event_id}/complete/", played_ms=99_000)
    post(as_bob, f"/listens/{event_id}/progress/", played_ms=10_000, left=True)
    history = listen_store().history(bob.pk, 10)
    assert [(listen.played_ms, listen.completed) for listen in history] == [(99_000, True)]


def test_anothers_listen_cannot_be_touched(as_alice: Client, as_bob: Client, track: Track, event_id: str) -> None:
    start(as_alice, track, event_id, ago=60)
    assert post(as_bob, f"/listens/{event_id}/progress/", played_ms=5_000).status_code == 404
    assert post(as_bob, f"/listens/{event_id}/complete/", played_ms=5_000).status_code == 404
    assert start(as_bob, track, event_id).status_code == 409


def test_a_track_one_may_not_hear_cannot_be_listened_to(as_bob: Client, alice: Any, event_id: str) -> None:
    assert start(as_bob, add_track(alice, visibility="private"), event_id).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"event_id": "not a uuid"},
        {"event_id": None},
        {"track_id": "seven"},
        {"track_id": None},
        {"track_id": True},
        {"started_at": "yesterday"},
        {"started_at": "2026-13-45T00:00:00Z"},
        {"started_at": "2001-01-01T00:00:00Z"},
    ],
)
def test_nonsense_is_400_and_says_why(as_bob: Client, bob: Any, track: Track, body: dict[str, Any]) -> None:
    answer = post(as_bob, "/listens/start/", **{"event_id": str(uuid.uuid4()), "track_id": track.pk, **body})
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert listen_store().history(bob.pk, 1) == []


@pytest.mark.parametrize("played_ms", [None, "", "much", -1, 1.5e300, float("inf"), [], True, 10**30])
def test_a_played_time_that_is_no_time_is_400(as_bob: Client, track: Track, event_id: str, played_ms: Any) -> None:
    start(as_bob, track, event_id)
    assert post(as_bob, f"/listens/{event_id}/progress/", played_ms=played_ms).status_code == 400


@pytest.mark.parametrize("raw", [b"", b"{", b"[1]", b'"text"', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_400(as_bob: Client, raw: bytes) -> None:
    assert as_bob.post("/listens/start/", raw, content_type="application/json").status_code == 400


def test_a_page_of_somebody_else_does_not_report_as_the_one_who_signed_in(
    as_bob: Client, alice: Any, bob: Any, track: Track, event_id: str
) -> None:
    assert start(as_bob, track, event_id, user_id=alice.pk).status_code == 403
    assert listen_store().history(bob.pk, 1) == []
    assert start(as_bob, track, event_id, user_id=str(bob.pk)).status_code == 200


def test_strangers_get_401_and_other_methods_405(client: Client, as_bob: Client, event_id: str, db: None) -> None:
    for path in ("/listens/start/", f"/listens/{event_id}/progress/", f"/listens/{event_id}/complete/"):
        assert client.post(path).status_code == 401
        assert as_bob.get(path).status_code == 405


def test_a_report_without_the_csrf_token_is_refused(bob: Any, track: Track, event_id: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bob)
    assert start(strict, track, event_id).status_code == 403
