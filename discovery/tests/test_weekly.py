from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import make_user
from discovery import mondays
from discovery.models import Impression, WeeklyMix
from discovery.mondays import make_weeks_due
from discovery.tests.shelves import finish, library
from discovery.weekly import monday_of

SUNDAY_EVENING = datetime(2026, 11, 29, 22, 30, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the clock of discovery."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return set_to


def week(client: Client) -> str:
    return client.get("/discover/weekly/")["Location"]


def titles(client: Client, href: str) -> list[str]:
    return [each.track.title for each in client.get(href).context["offered"]]


def test_thirty_tracks_that_were_not_heard_stay_the_same_all_week(as_bob: Client, alice: Any, bob: Any) -> None:
    tracks = library(alice, {"Jazz": 40, "Folk": 40}, artists=20)
    finish(bob, tracks["Jazz"][:5])
    picked = titles(as_bob, week(as_bob))
    assert len(picked) == 30
    assert not set(picked) & {track.title for track in tracks["Jazz"][:5]}
    finish(bob, [track for track in tracks["Folk"] if track.title in picked][:3])
    assert titles(as_bob, week(as_bob)) == picked


def test_the_week_begins_on_monday_of_the_listeners_own_clock(
    as_bob: Client, alice: Any, bob: Any, at: Callable[[datetime], None]
) -> None:
    library(alice, {"Jazz": 60}, artists=30)
    at(SUNDAY_EVENING)
    assert week(as_bob) == "/discover/weekly/2026-11-23/"
    bob.profile.time_zone = "Europe/Athens"
    bob.profile.save()
    assert week(as_bob) == "/discover/weekly/2026-11-30/"


def test_eight_weeks_are_kept_and_each_leads_to_the_others(
    as_bob: Client, alice: Any, bob: Any, at: Callable[[datetime], None]
) -> None:
    library(alice, {"Jazz": 60}, artists=30)
    for number in range(10):
        at(SUNDAY_EVENING + timedelta(weeks=number))
        as_bob.force_login(bob)
        href = week(as_bob)
    assert WeeklyMix.objects.filter(user=bob).count() == 8
    assert href == "/discover/weekly/2027-01-25/"
    context = as_bob.get(href).context
    assert context["weeks"] == [date(2027, 1, 25) - timedelta(weeks=back) for back in range(1, 8)]
    assert as_bob.get("/discover/weekly/2026-11-23/").status_code == 404


def test_too_small_a_library_says_so_and_makes_it_when_there_is_more(as_bob: Client, alice: Any, bob: Any) -> None:
    library(alice, {"Jazz": 6})
    assert "Not this week yet" in as_bob.get("/discover/weekly/").content.decode()
    library(alice, {"Folk": 40}, artists=20)
    assert len(titles(as_bob, week(as_bob))) >= 15


def test_a_week_is_its_listeners_alone(as_bob: Client, as_alice: Client, alice: Any) -> None:
    library(alice, {"Jazz": 60}, artists=30)
    href = week(as_bob)
    assert as_alice.get(href).status_code == 404
    assert [as_bob.get(f"/discover/weekly/{day}/").status_code for day in ("2020-01-06", "nonsense")] == [404, 404]


def test_mondays() -> None:
    assert {monday_of(date(2026, 11, 23) + timedelta(days=day)) for day in range(7)} == {date(2026, 11, 23)}


def test_the_worker_makes_the_week_while_it_is_monday_where_the_listener_is(
    as_bob: Client, as_alice: Client, alice: Any, bob: Any, at: Callable[[datetime], None]
) -> None:
    library(alice, {"Jazz": 60}, artists=30)
    bob.profile.time_zone = "America/New_York"
    bob.profile.save()
    at(MONDAY_MORNING - timedelta(days=2))
    as_bob.get("/"), as_alice.get("/")
    WeeklyMix.objects.all().delete()
    at(MONDAY_MORNING)
    assert make_weeks_due() == 1
    assert list(WeeklyMix.objects.values_list("user__username", "monday")) == [("alice", date(2026, 11, 30))]
    at(MONDAY_MORNING + timedelta(hours=3))
    assert make_weeks_due() == 1
    made = WeeklyMix.objects.get(user=bob)
    as_bob.force_login(bob)
    assert week(as_bob) == "/discover/weekly/2026-11-30/"
    assert [pick["track_id"] for pick in made.picks] == [
        each.track.pk for each in as_bob.get("/discover/weekly/2026-11-30/").context["offered"]
    ]
    at(MONDAY_MORNING + timedelta(days=1))
    assert make_weeks_due() == 0


def test_a_week_counts_as_shown_when_it_is_seen(as_alice: Client, alice: Any, at: Callable[[datetime], None]) -> None:
    library(alice, {"Jazz": 60}, artists=30)
    at(MONDAY_MORNING - timedelta(days=2))
    as_alice.get("/")
    at(MONDAY_MORNING)
    as_alice.force_login(alice)
    make_weeks_due()
    shown = Impression.objects.filter(user=alice, shelf="weekly:2026-11-30")
    assert not shown.exists()
    as_alice.get("/discover/weekly/2026-11-30/")
    assert shown.count() == 30


def test_the_worker_makes_few_at_once_and_tries_nobody_twice(
    alice: Any, at: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mondays, "AT_ONCE", 2)
    [track] = library(alice, {"Jazz": 1})["Jazz"]
    people = [make_user(f"listener-{number}") for number in range(5)]
    at(MONDAY_MORNING)
    for person in people[:4]:
        Impression.objects.create(
            user=person, track_id=track.pk, shelf="x", rank=1, shown_on=MONDAY_MORNING, propensity=1
        )
    asked: list[str] = []
    monkeypatch.setattr(mondays, "this_week", lambda standing: asked.append(standing.user.username))
    assert [make_weeks_due() for _time in range(3)] == [0, 0, 0]
    assert asked == [person.username for person in people[:4]]
