from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from discovery.models import WeeklyMix
from discovery.tests.shelves import finish, library
from discovery.weekly import monday_of

SUNDAY_EVENING = datetime(2026, 11, 29, 22, 30, tzinfo=UTC)


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
