"""Players read what was played, and what plays."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from listening.deleting import delete_listens, undo_deletion
from listening.private import begin_private_session
from listening.store import Selection
from music.tests.catalogue import add_track
from music.tests.listens import listened
from scrobbling import limits
from scrobbling.models import PlayingNow
from scrobbling.tests.devices import Device, listen, now, playing

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(bob: Any) -> Device:
    return Device(bob)


def show_to(user: Any, audience: str) -> None:
    user.profile.listening_visible_to = audience
    user.profile.save()


def titles(payload: dict[str, Any]) -> list[str]:
    return [each["track_metadata"]["track_name"] for each in payload["listens"]]


def times(payload: dict[str, Any]) -> list[int]:
    return [each["listened_at"] for each in payload["listens"]]


def test_a_token_is_looked_at_in_the_header_and_in_the_address(phone: Device, client: Client) -> None:
    valid = {"code": 200, "message": "Token valid.", "valid": True, "user_name": "bob"}
    assert phone.get("validate-token").json() == valid
    assert phone.get("validate-token/").json() == valid
    assert client.get("/1/validate-token", {"token": phone.text}).json() == valid
    invalid = client.get("/1/validate-token", {"token": "made up"})
    assert (invalid.status_code, invalid.json()["valid"]) == (200, False)
    missing = client.get("/1/validate-token")
    assert (missing.status_code, missing.json()["code"]) == (400, 400)


def test_elsewhere_a_token_in_the_address_is_none(phone: Device, client: Client) -> None:
    assert client.get("/1/user/bob/listens", {"token": phone.text}).status_code == 404
    assert client.post(f"/1/submit-listens?token={phone.text}").status_code == 401


def test_listens_are_read_as_they_were_told(phone: Device) -> None:
    told = listen("Elsewhere", "Nobody", at=now() - 500, duration_ms=200_000, media_player="Some Player")
    phone.submit(told)
    payload = phone.read("user/bob/listens")
    assert (payload["user_id"], payload["count"]) == ("bob", 1)
    assert (payload["latest_listen_ts"], payload["oldest_listen_ts"]) == (told["listened_at"], told["listened_at"])
    [read] = payload["listens"]
    assert (read["listened_at"], read["user_name"]) == (told["listened_at"], "bob")
    assert (read["track_metadata"]["track_name"], read["track_metadata"]["artist_name"]) == ("Elsewhere", "Nobody")
    assert read["track_metadata"]["additional_info"]["duration_ms"] == 200_000
    assert read["track_metadata"]["additional_info"]["media_player"] == "Some Player"


def test_a_history_is_read_from_any_time_up_and_down(phone: Device) -> None:
    begin = now() - 10_000
    phone.submit(*[listen(f"Song {number}", at=begin + number * 100) for number in range(40)], kind="import")
    assert titles(phone.read("user/bob/listens", count=3)) == ["Song 39", "Song 38", "Song 37"]
    assert len(titles(phone.read("user/bob/listens"))) == 25
    assert titles(phone.read("user/bob/listens", max_ts=begin + 200)) == ["Song 1", "Song 0"]
    assert titles(phone.read("user/bob/listens", min_ts=begin + 3700)) == ["Song 39", "Song 38"]
    assert titles(phone.read("user/bob/listens", min_ts=begin + 500, count=2)) == ["Song 7", "Song 6"]
    assert times(phone.read("user/bob/listens", min_ts=begin, max_ts=begin + 300)) == [begin + 200, begin + 100]
    assert titles(phone.read("user/bob/listens", count=0)) == []
    assert phone.read("user/bob/listens", count=5000)["count"] == 40
    assert phone.read("user/bob/listens", count=1)["oldest_listen_ts"] == begin


@pytest.mark.parametrize(
    "query",
    [
        {"count": "many"},
        {"count": -1},
        {"min_ts": "then"},
        {"max_ts": 10**30},
        {"min_ts": -(10**30)},
        {"min_ts": 2000, "max_ts": 1000},
        {"max_ts": "1" * 5000},
    ],
)
def test_a_question_that_makes_no_sense_is_400(phone: Device, query: dict[str, Any]) -> None:
    answer = phone.get("user/bob/listens", **query)
    assert answer.status_code == 400
    assert answer.json()["code"] == 400
    assert answer.json()["error"]


def test_a_thousand_listens_are_read_in_as_many_queries_as_ten(phone: Device) -> None:
    counted = []
    for many in (10, 1000):
        phone.submit(*[listen(f"Song {n}", at=now() - 9000 - n) for n in range(many)], kind="import")
        with CaptureQueriesContext(connection) as asked:
            assert phone.read("user/bob/listens", count=1000)["count"] == many
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_what_was_skipped_is_no_listen(phone: Device, alice: Any) -> None:
    moment = timezone.now() - timedelta(hours=1)
    listened(phone.user, add_track(alice, "Heard"), moment)
    listened(phone.user, add_track(alice, "Skipped"), moment, share=0.05)
    assert titles(phone.read("user/bob/listens")) == ["Heard"]
    assert phone.read("user/bob/listen-count") == {"count": 1}


def test_what_is_deleted_and_could_come_back_is_neither_read_nor_counted(phone: Device) -> None:
    phone.submit(*[listen(f"Song {n}", at=now() - 9000 - n * 100) for n in range(3)], kind="import")
    older = Selection(until=timezone.now() - timedelta(seconds=9050))
    first, second = delete_listens(phone.user, older), delete_listens(phone.user, older)
    assert titles(phone.read("user/bob/listens")) == ["Song 0"]
    assert phone.read("user/bob/listens")["oldest_listen_ts"] == times(phone.read("user/bob/listens"))[-1]
    assert phone.read("user/bob/listen-count") == {"count": 1}
    undo_deletion(phone.user, first.pk)
    undo_deletion(phone.user, second.pk)
    assert phone.read("user/bob/listen-count") == {"count": 3}


def test_nobody_reads_what_somebody_does_not_show(phone: Device, alice: Any, client: Client) -> None:
    other = Device(alice)
    phone.submit(listen())
    phone.submit(playing(), kind="playing_now")
    for audience in ("me", "followers"):
        show_to(phone.user, audience)
        for path in ("listens", "listen-count", "playing-now"):
            for asked in (other.get(f"user/bob/{path}"), client.get(f"/1/user/bob/{path}")):
                assert asked.status_code == 404
                unknown = other.get(f"user/nobody/{path}")
                assert unknown.json()["error"].replace("nobody", "bob") == asked.json()["error"]
    show_to(phone.user, "everyone")
    assert client.get("/1/user/bob/listens").status_code == 404
    assert other.get("user/bob/listen-count").status_code == 200


def test_others_read_only_what_they_could_hear_and_not_by_what_it_was_played(
    phone: Device, alice: Any, bob: Any
) -> None:
    add_track(bob, "Shared", artist="The Quartet")
    add_track(bob, "Secret", artist="The Quartet", visibility="private")
    told = [listen(title, at=now() - 900 - n, media_player="P") for n, title in enumerate(["Shared", "Secret", "Gone"])]
    phone.submit(*told, kind="import")
    show_to(bob, "everyone")
    assert titles(phone.read("user/bob/listens")) == ["Shared", "Secret", "Gone"]
    [read] = Device(alice).read("user/bob/listens")["listens"]
    assert read["track_metadata"]["track_name"] == "Shared"
    assert read["track_metadata"]["additional_info"].keys() == {"duration_ms", "submission_client", "tags"}


def test_others_count_what_they_could_hear_and_learn_of_no_other_time(phone: Device, alice: Any, bob: Any) -> None:
    add_track(bob, "Shared", artist="The Quartet")
    add_track(bob, "Secret", artist="The Quartet", visibility="private")
    begin = now() - 9000
    heard = ["Secret", "Shared", "Gone", "Shared", "Secret"]
    phone.submit(*[listen(title, at=begin + n * 100) for n, title in enumerate(heard)], kind="import")
    show_to(bob, "everyone")
    assert phone.read("user/bob/listen-count") == {"count": 5}
    payload = phone.read("user/bob/listens")
    assert (payload["oldest_listen_ts"], payload["latest_listen_ts"]) == (begin, begin + 400)
    other = Device(alice)
    assert other.read("user/bob/listen-count") == {"count": 2}
    payload = other.read("user/bob/listens")
    assert times(payload) == [payload["latest_listen_ts"], payload["oldest_listen_ts"]] == [begin + 300, begin + 100]
    delete_listens(bob, Selection())
    assert other.read("user/bob/listen-count") == {"count": 0}
    payload = other.read("user/bob/listens")
    assert (payload["count"], payload["oldest_listen_ts"], payload["latest_listen_ts"]) == (0, 0, 0)


def test_what_plays_is_shown_until_the_track_should_be_over(phone: Device) -> None:
    assert phone.submit(playing("Blue Hour", duration=200), kind="playing_now").json() == {"status": "ok"}
    payload = phone.read("user/bob/playing-now")
    assert (payload["count"], payload["user_id"], payload["playing_now"]) == (1, "bob", True)
    [read] = payload["listens"]
    assert read == {"playing_now": True, **playing("Blue Hour", duration=200)}
    left = PlayingNow.objects.get().until - timezone.now()
    assert timedelta(seconds=180) < left <= timedelta(seconds=200)
    assert phone.read("user/bob/listens")["listens"] == []
    PlayingNow.objects.update(until=timezone.now())
    assert phone.read("user/bob/playing-now") == {"count": 0, "user_id": "bob", "playing_now": True, "listens": []}


@pytest.mark.parametrize(("known", "seconds"), [(False, 600), (True, 61)])
def test_without_a_length_it_lasts_as_long_as_the_track_here_or_ten_minutes(
    phone: Device, alice: Any, known: bool, seconds: int
) -> None:
    if known:
        add_track(alice, "Blue Hour", artist="The Quartet", duration_ms=61_000)
    phone.submit(playing(), kind="playing_now")
    left = PlayingNow.objects.get().until - timezone.now()
    assert timedelta(seconds=seconds - 20) < left <= timedelta(seconds=seconds)


def test_the_next_track_takes_the_place_of_the_last(phone: Device, bob: Any) -> None:
    phone.submit(playing("One"), kind="playing_now")
    Device(bob, "Desktop").submit(playing("Two"), kind="playing_now")
    assert titles(phone.read("user/bob/playing-now")) == ["Two"]


def test_what_plays_is_hidden_when_a_private_session_begins(phone: Device) -> None:
    phone.submit(playing(), kind="playing_now")
    begin_private_session(phone.user.pk)
    assert phone.read("user/bob/playing-now")["count"] == 0


def test_others_see_what_plays_only_if_they_could_hear_it(phone: Device, alice: Any, bob: Any) -> None:
    other = Device(alice)
    show_to(bob, "everyone")
    add_track(bob, "Shared", artist="The Quartet")
    add_track(bob, "Secret", artist="The Quartet", visibility="private")
    for title, shown in (("Secret", []), ("Gone", []), ("Shared", ["Shared"])):
        phone.submit(playing(title, media_player="P"), kind="playing_now")
        payload = other.read("user/bob/playing-now")
        assert titles(payload) == shown
    assert payload["listens"][0]["track_metadata"].keys() == {"track_name", "artist_name"}


def test_each_answer_tells_how_often_one_may_ask(phone: Device, client: Client) -> None:
    before = now()
    answer = phone.get("validate-token")
    assert (answer["X-RateLimit-Limit"], answer["X-RateLimit-Remaining"]) == ("50", "49")
    assert 0 < int(answer["X-RateLimit-Reset-In"]) <= 10
    assert before < int(answer["X-RateLimit-Reset"]) <= now() + 10
    assert client.get("/1/validate-token")["X-RateLimit-Limit"] == "30"
    assert phone.post(b"{")["X-RateLimit-Remaining"]
    assert phone.get("user/nobody/listens")["X-RateLimit-Remaining"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    moment = [1_800_000_001.5]
    monkeypatch.setattr(limits.limiter, "_clock", lambda: moment[0])
    limits.limiter.forget()
    yield moment
    limits.limiter.forget()


def test_who_asks_too_often_is_told_to_wait_and_others_are_not(
    phone: Device, bob: Any, client: Client, clock: list[float]
) -> None:
    answers = [phone.submit(listen(at=now() - 5000)) for _ in range(51)]
    assert [answer.status_code for answer in answers] == [200] * 50 + [429]
    over = answers[-1]
    assert over.json()["code"] == 429
    assert (over["X-RateLimit-Remaining"], over["X-RateLimit-Reset-In"], over["Retry-After"]) == ("0", "9", "9")
    assert over["X-RateLimit-Reset"] == "1800000010"
    assert Device(bob, "Desktop").get("validate-token").status_code == 200
    statuses = [client.get("/1/user/bob/listens").status_code for _ in range(31)]
    assert statuses == [404] * 30 + [429]
    clock[0] += 9
    assert phone.get("validate-token")["X-RateLimit-Remaining"] == "49"


def test_pages_of_other_sites_may_ask_with_a_token(phone: Device) -> None:
    asked = phone.client.options("/1/submit-listens", headers={"Origin": "https://player.example"})
    assert asked.status_code == 204
    assert asked["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in asked["Access-Control-Allow-Headers"]
    assert "POST" in asked["Access-Control-Allow-Methods"]
    answer = phone.get("user/bob/listen-count")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert answer["Cache-Control"] == "no-store"


def test_other_methods_are_405(phone: Device) -> None:
    for path, method in (("submit-listens", "get"), ("validate-token", "post"), ("user/bob/listens", "delete")):
        answer = getattr(phone.client, method)(f"/1/{path}")
        assert (answer.status_code, answer.json()["code"]) == (405, 405)
        assert answer["Allow"]
    assert phone.client.head("/1/validate-token").status_code == 200


@pytest.mark.parametrize("header", ["Token", "Token ", "nonsense", "Token \x00", "Token " + "x" * 5000])
def test_a_header_that_is_no_token_is_401(client: Client, header: str) -> None:
    answer = client.post("/1/submit-listens", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, 401)


def test_a_name_that_nobody_can_have_is_404(phone: Device) -> None:
    assert phone.client.get("/1/user/a%00b/listens").status_code == 404
