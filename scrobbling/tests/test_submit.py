"""A player on some device tells what was played."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from listening.models import PrivateSession
from listening.private import begin_private_session, end_private_session
from listening.store import Listen
from music.joining import join_now
from music.keys import recording_key
from music.matching import match
from music.models import Track
from music.tests.catalogue import add_track
from scrobbling import receiving
from scrobbling.models import PlayingNow
from scrobbling.submissions import EARLIEST
from scrobbling.tests.devices import Device, history, listen, now, playing

pytestmark = pytest.mark.django_db
MBID = "8f3471b5-7e6a-48da-86a9-c1c07a0f47ae"
DAY = 24 * 3600


@pytest.fixture
def phone(bob: Any) -> Device:
    return Device(bob)


@pytest.fixture
def track(alice: Any) -> Track:
    return add_track(alice, "Blue Hour", artist="The Quartet", duration_ms=180_000, genres=["Jazz"])


def test_a_listen_of_a_track_that_is_here_is_a_listen_of_it(phone: Device, track: Track) -> None:
    told = listen("blue hour", "Quartet", at=now() - 600, media_player="Some Player")
    answer = phone.submit(told)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    [heard] = history(phone.user)
    assert (heard.track_id, heard.title, heard.genres) == (track.pk, "Blue Hour", ("jazz",))
    assert heard.started_at == datetime.fromtimestamp(told["listened_at"], UTC)
    assert (heard.played_ms, heard.counted, heard.completed, heard.skipped) == (180_000, True, True, False)
    assert (heard.origin, heard.client) == (f"device:{phone.token.pk}", "Some Player")


def test_what_is_not_here_is_kept_under_its_names(phone: Device) -> None:
    phone.submit(
        listen("Elsewhere", "Nobody Here", duration_ms=200_000, recording_mbid=MBID.upper(), isrc="USAT20001234")
    )
    [heard] = history(phone.user)
    assert heard.track_id == recording_key("Nobody Here", "Elsewhere") < 0
    assert (heard.title, heard.artist_name, heard.duration_ms) == ("Elsewhere", "Nobody Here", 200_000)
    assert (heard.recording_mbid, heard.isrc, heard.client) == (MBID, "USAT20001234", "Phone")


def test_it_becomes_the_tracks_when_that_is_published(phone: Device, alice: Any) -> None:
    phone.submit(listen("Blue Hour", "The Quartet"))
    assert history(phone.user)[0].track_id < 0
    track = add_track(alice, "Blue Hour", artist="The Quartet", genres=["Jazz"])
    join_now([track.pk])
    [heard] = history(phone.user)
    assert (heard.track_id, heard.genres) == (track.pk, ("jazz",))


def test_a_track_that_is_published_while_its_listen_is_written_gets_it(
    phone: Device, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    match = receiving.match

    def published_just_after(*arguments: Any) -> Any:
        found = match(*arguments)
        add_track(alice, "Blue Hour", artist="The Quartet", state_since=timezone.now())
        return found

    monkeypatch.setattr(receiving, "match", published_just_after)
    phone.submit(listen("Blue Hour", "The Quartet"))
    assert history(phone.user)[0].track_id == Track.objects.get().pk


def test_history_keeps_the_names_of_a_track_that_is_deleted(phone: Device, track: Track) -> None:
    phone.submit(listen())
    track.delete()
    [heard] = phone.read("user/bob/listens")["listens"]
    assert heard["track_metadata"]["track_name"] == "Blue Hour"
    assert heard["track_metadata"]["artist_name"] == "The Quartet"


def test_a_track_that_only_somebody_else_can_hear_is_not_matched(phone: Device, alice: Any) -> None:
    add_track(alice, "Blue Hour", artist="The Quartet", visibility="private")
    phone.submit(listen())
    assert history(phone.user)[0].track_id < 0


def test_many_come_at_once_in_as_many_queries_as_few(phone: Device, alice: Any) -> None:
    add_track(alice, "Song 1", artist="The Quartet")
    counted = []
    for many in (10, 500):
        told = [listen(f"Song {number}", at=now() - DAY - number * 200 - many) for number in range(many)]
        with CaptureQueriesContext(connection) as asked:
            assert phone.submit(*told, kind="import").status_code == 200
        counted.append(len([query for query in asked if query["sql"].startswith(("SELECT", "DECLARE"))]))
    assert len(history(phone.user)) == 510
    assert counted[1] <= counted[0]


def test_the_same_told_again_is_one_listen(phone: Device, bob: Any, track: Track) -> None:
    told = listen(at=now() - 600)
    other = Device(bob, "Desktop")
    phone.submit(told)
    before = history(bob)
    phone.submit(told)
    phone.submit(told, told, kind="import")
    other.submit(told)
    assert history(bob) == before
    phone.submit(listen(at=now() - 300))
    assert len(history(bob)) == 2


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_is_a_day_off_loses_no_listen(phone: Device, track: Track, days: int) -> None:
    told = listen(at=now() + days * DAY - 5, duration_played=170)
    assert phone.submit(told).status_code == 200
    assert phone.submit(told).status_code == 200
    [heard] = history(phone.user)
    assert heard.counted
    assert heard.started_at <= timezone.now()


@pytest.mark.parametrize(
    ("ago", "info", "expected"),
    [
        (600, {"duration_played": 10**9}, (180_000, True, True)),
        (600, {"duration_played": 1e300}, (180_000, True, True)),
        (600, {"duration_played": 100.5}, (100_500, True, False)),
        (600, {"duration_played": 10}, (10_000, False, False)),
        (600, {"duration_played": -5}, (180_000, True, True)),
        (600, {"duration_played": "long"}, (180_000, True, True)),
        (600, {"duration_played": True}, (180_000, True, True)),
        (600, {"duration_ms": 9_000_000, "duration_played": 9000}, (180_000, True, True)),
    ],
)
def test_nobody_hears_more_than_the_track_has(
    phone: Device, track: Track, ago: int, info: dict[str, Any], expected: tuple[int, bool, bool]
) -> None:
    phone.submit(listen(at=now() - ago, **info))
    [heard] = history(phone.user)
    assert (heard.played_ms, heard.counted, heard.completed) == expected


def test_nobody_hears_faster_than_the_clock_runs(phone: Device, track: Track) -> None:
    phone.submit(listen(at=now() - 20, duration_played=180))
    phone.submit(listen("Elsewhere", "Nobody", at=now() - 20, duration_played=DAY))
    for heard in history(phone.user):
        assert 19_000 <= heard.played_ms < 40_000
        assert not heard.completed


def test_what_was_just_heard_whole_was_not_finished_in_the_future(phone: Device, track: Track) -> None:
    phone.submit(listen(at=now()))
    [heard] = history(phone.user)
    assert heard.completed_at is not None and heard.completed_at <= timezone.now()


def test_nothing_is_recorded_in_a_private_session(phone: Device, track: Track) -> None:
    begin_private_session(phone.user.pk)
    answer = phone.submit(listen())
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert phone.submit(playing(), kind="playing_now").status_code == 200
    end_private_session(phone.user.pk)
    assert history(phone.user) == []
    assert phone.read("user/bob/playing-now")["listens"] == []


def test_what_began_in_a_private_session_and_is_told_later_is_not_recorded(phone: Device) -> None:
    begin_private_session(phone.user.pk)
    end_private_session(phone.user.pk)
    PrivateSession.objects.update(
        began_at=timezone.now() - timedelta(hours=3), ended_at=timezone.now() - timedelta(hours=2)
    )
    told = [listen("Before", at=now() - 4 * 3600), listen("Within", at=now() - 9000), listen("After", at=now() - 600)]
    phone.submit(*told, kind="import")
    assert sorted(heard.title for heard in history(phone.user)) == ["After", "Before"]


def test_whoever_is_renamed_goes_on_with_the_same_token_and_history(phone: Device, bob: Any) -> None:
    told = listen()
    phone.submit(told)
    bob.username = "robert"
    bob.save()
    assert phone.get("validate-token").json()["user_name"] == "robert"
    phone.submit(told)
    assert phone.read("user/robert/listen-count") == {"count": 1}
    assert phone.get("user/bob/listens").status_code == 404


BAD = [
    (b"", "no JSON"),
    (b"{", "no JSON"),
    (b"\xff\xfe", "no JSON"),
    (b"[" * 100_000, "no JSON"),
    (b'{"listen_type": "single", "payload": [NaN]}', "no JSON"),
    (b'{"listen_type": "single", "payload": [1e999]}', "no JSON"),
    (b"[]", "JSON object"),
    ({}, "listen_type"),
    ({"listen_type": "double", "payload": [listen()]}, "listen_type"),
    ({"listen_type": ["single"], "payload": [listen()]}, "listen_type"),
    ({"listen_type": "single"}, "payload"),
    ({"listen_type": "single", "payload": {}}, "payload"),
    ({"listen_type": "single", "payload": []}, "payload"),
    ({"listen_type": "single", "payload": [listen(), listen()]}, "exactly one"),
    ({"listen_type": "playing_now", "payload": [playing(), playing()]}, "exactly one"),
    ({"listen_type": "playing_now", "payload": [listen()]}, "must not have the key listened_at"),
    ({"listen_type": "single", "payload": [None]}, "JSON object"),
    ({"listen_type": "single", "payload": [playing()]}, "listened_at"),
    ({"listen_type": "import", "payload": [listen(), playing()]}, "listened_at"),
    ({"listen_type": "import", "payload": [listen()] * 1001}, "1000 at most"),
    ({"listen_type": "single", "payload": [listen(comment="x" * 10_240)]}, "10240 bytes"),
]
BAD_LISTENS: list[tuple[dict[str, Any], str]] = [
    ({"listened_at": None}, "whole number"),
    ({"listened_at": "yesterday"}, "whole number"),
    ({"listened_at": True}, "whole number"),
    ({"listened_at": EARLIEST - 1}, "too low"),
    ({"listened_at": now() + 2 * DAY}, "too high"),
    ({"listened_at": 10**30}, "too high"),
    ({"more": 1}, "may only have"),
    ({"track_metadata": None}, "track_metadata"),
    ({"track_metadata": {"artist_name": "A"}}, "track_name"),
    ({"track_metadata": {"track_name": "T"}}, "artist_name"),
    ({"track_metadata": {"track_name": " ", "artist_name": "A"}}, "track_name"),
    ({"track_metadata": {"track_name": "T", "artist_name": ["A"]}}, "artist_name"),
    ({"track_metadata": {"track_name": "T", "artist_name": "A", "release_name": ""}}, "release_name"),
    ({"track_metadata": {"track_name": "T", "artist_name": "A", "additional_info": []}}, "additional_info"),
    ({"track_metadata": {"track_name": "T\0", "artist_name": "A"}}, "NUL"),
    ({"track_metadata": {"track_name": "T", "artist_name": "\ud800"}}, "cannot be stored"),
]
BAD_INFO: list[tuple[dict[str, Any], str]] = [
    ({"duration": 3, "duration_ms": 3000}, "not both"),
    ({"duration": 0}, "from 1"),
    ({"duration": "long"}, "whole number"),
    ({"duration_ms": 24 * DAY * 1000 + 1}, "2073600000"),
    ({"tags": ["t"] * 51}, "50 tags"),
    ({"tags": ["t" * 65]}, "64 characters"),
    ({"tags": "jazz"}, "list of texts"),
    ({"recording_mbid": "none"}, "MusicBrainz"),
    ({"artist_mbids": ["none"]}, "MusicBrainz"),
    ({"artist_mbids": MBID}, "lists"),
    ({"deep": [[{"x": ["a\0b"]}]]}, "NUL"),
    ({"a\0": 1}, "NUL"),
]


def refused(phone: Device, document: Any, reason: str) -> None:
    answer = phone.post(document)
    assert answer.status_code == 400
    assert answer.json() == {"code": 400, "error": answer.json()["error"]}
    assert reason in answer.json()["error"]
    assert history(phone.user) == []


@pytest.mark.parametrize(("document", "reason"), BAD)
def test_a_document_against_the_rules_is_refused_with_the_reason(phone: Device, document: Any, reason: str) -> None:
    refused(phone, document, reason)


@pytest.mark.parametrize(("changed", "reason"), BAD_LISTENS)
def test_a_listen_against_the_rules_is_refused_with_the_reason(
    phone: Device, changed: dict[str, Any], reason: str
) -> None:
    refused(phone, {"listen_type": "single", "payload": [{**listen(), **changed}]}, reason)
    refused(phone, {"listen_type": "import", "payload": [listen(), {**listen(), **changed}]}, reason)


@pytest.mark.parametrize(("info", "reason"), BAD_INFO)
def test_additional_info_against_the_rules_is_refused_with_the_reason(
    phone: Device, info: dict[str, Any], reason: str
) -> None:
    refused(phone, {"listen_type": "single", "payload": [listen(**info)]}, reason)
    refused(phone, {"listen_type": "playing_now", "payload": [playing(**info)]}, reason)


def test_what_upstream_takes_is_taken(phone: Device) -> None:
    told = listen(
        at=EARLIEST,
        duration="180",
        recording_mbid="",
        artist_mbids=[MBID, ""],
        tags=["t" * 64] * 50,
        nothing=None,
        deep={"a": [1, {"b": 2.5}]},
    )
    assert phone.submit({**told, "listened_at": str(EARLIEST)}).status_code == 200
    assert phone.submit({**listen(), "track_metadata": {**listen()["track_metadata"], "additional_info": None}})
    assert history(phone.user)[-1].duration_ms == 180_000


def test_a_document_of_ten_megabytes_is_read_and_a_longer_one_refused(phone: Device) -> None:
    told = [listen(f"Song {number}", at=now() - DAY - number, comment="x" * 10_000) for number in range(1000)]
    document = json.dumps({"listen_type": "import", "payload": told}).encode()
    assert 10_000_000 < len(document) < 10_240_000
    assert phone.post(document).status_code == 200
    assert len(history(phone.user)) == 1000
    refused_size = phone.post(document + b" " * 240_000)
    assert refused_size.status_code == 400
    assert "too large" in refused_size.json()["error"]


def test_a_form_that_another_site_sends_with_the_cookie_is_nobodys(bob: Any, sign_in: Any) -> None:
    signed_in: Client = sign_in(bob)
    document = json.dumps({"listen_type": "single", "payload": [listen()]})
    answer = signed_in.post("/1/submit-listens", document, content_type="text/plain")
    assert (answer.status_code, answer.json()["code"]) == (401, 401)
    heard: list[Listen] = history(bob)
    assert heard == []


def test_a_token_revoked_in_the_same_moment_is_refused(phone: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    def revoked_meanwhile(*arguments: Any) -> Any:
        phone.token.delete()
        return match(*arguments)

    monkeypatch.setattr(receiving, "match", revoked_meanwhile)
    answer = phone.submit(playing("Elsewhere", "Nobody Here"), kind="playing_now")
    assert answer.status_code == 401
    assert not PlayingNow.objects.exists()
