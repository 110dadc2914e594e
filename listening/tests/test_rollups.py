"""Figures that grow with each listen are those that would be made anew, and those that counting the listens gives."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from listening import figures, rollups, rules
from listening.counting import Sum, days_around, midnight, sum_of
from listening.errors import StoreAway
from listening.listen import Event, Identity, Listen, Selection
from listening.models import FirstHeard, HeardName, Rollup, RollupState, StaleDay
from listening.store import ListenStore
from listening.tests.cast import ALICE, THREE_MINUTES, begun

ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Pago_Pago")
MARCH, OCTOBER = (
    datetime(2026, 3, 28, 12, tzinfo=UTC),
    datetime(2026, 10, 24, 12, tzinfo=UTC),
)  # before the clocks change
USERS = count(1000)
EVENTS = count(1)


@pytest.fixture
def kept(store: ListenStore, monkeypatch: pytest.MonkeyPatch) -> ListenStore:
    monkeypatch.setattr(rollups, "listen_store", lambda: store)
    return store


def heard(user_id: int, at: datetime, track: int = 1, share: float = 1.0, **changed: object) -> Listen:
    facts = {"track_id": track, "artist_id": 100 + track % 3, "album_id": track % 2, "genres": [f"g{track % 4}"]}
    listen = begun(user_id, next(EVENTS), started_at=at, received_at=at, **{**facts, **changed})
    ended_at = listen.started_at + timedelta(milliseconds=THREE_MINUTES)
    return rules.apply(listen, Event("left", int(THREE_MINUTES * share), ended_at))


def picture(user_id: int) -> tuple[dict, dict]:
    """All that is kept of a user."""
    rows = Rollup.objects.filter(user_id=user_id)
    totals = {(row.level, row.begin): rollups.total_of(row) for row in rows}
    return totals, dict(FirstHeard.objects.filter(user_id=user_id).values_list("track_id", "day"))


def counted(store: ListenStore, user_id: int, zone: str) -> dict[date, Sum]:
    """Each day, counted from the listens in the plainest way."""
    by_day: dict[date, list[Listen]] = {}
    for batch in store.each(user_id):
        for listen in batch:
            by_day.setdefault(listen.started_at.astimezone(ZoneInfo(zone)).date(), []).append(listen)
    return {day: sum_of(listens, ZoneInfo(zone)) for day, listens in by_day.items()}


moments = st.builds(
    lambda begin, minutes: begin + timedelta(minutes=minutes),
    st.sampled_from((MARCH, OCTOBER)),
    st.integers(0, 60 * 60),
)
plays = st.tuples(st.just("play"), moments, st.integers(1, 5), st.sampled_from((0.0, 0.05, 0.6, 1.0)))
steps = st.one_of(
    plays,
    plays,
    st.tuples(st.just("go on"), st.integers(0, 30), st.integers(1, THREE_MINUTES)),
    st.tuples(st.just("erase track"), st.integers(1, 5)),
    st.tuples(st.just("erase span"), moments, st.integers(1, 2000)),
    st.tuples(st.just("join"), st.integers(1, 5)),
    st.tuples(st.just("refresh")),
)


def take(store: ListenStore, user_id: int, step: tuple, listens: list[Listen]) -> None:
    match step:
        case ("play", at, track, share):
            listens.append(heard(user_id, at, -track if share == 0.6 else track, share))
            store.add_all(listens[-1:])
        case ("go on", which, played_ms) if listens:
            listen = listens[which % len(listens)]
            if store.find(user_id, listen.event_id):
                store.progress(user_id, listen.event_id, played_ms, listen.started_at + timedelta(hours=1))
        case ("erase track", track):
            store.erase(user_id, Selection(track_id=track))
        case ("erase span", since, minutes):
            store.erase(user_id, Selection(since=since, until=since + timedelta(minutes=minutes)))
        case ("join", track):
            store.join(-track, Identity(track, "Joined", 9, "Somebody", 3, "Disc", ("g9",)), [user_id])
        case ("refresh",):
            rollups.refresh_days(user_id)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(zone=st.sampled_from(ZONES), history=st.lists(steps, max_size=25))
def test_step_by_step_is_anew_is_counted(kept: ListenStore, zone: str, history: list[tuple]) -> None:
    user_id, listens = next(USERS), []
    assert rollups.refresh(user_id, zone)
    for step in history:
        take(kept, user_id, step, listens)
    assert rollups.refresh(user_id, zone)
    grown = picture(user_id)
    days = {begin: total for (level, begin), total in grown[0].items() if level == "day"}
    assert days == counted(kept, user_id, zone)
    assert rollups.is_right(user_id, zone)
    rollups.rebuild(user_id, zone)
    assert picture(user_id) == grown


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zone=st.sampled_from(ZONES),
    history=st.lists(st.tuples(st.integers(0, 1100), st.integers(1, 6)), max_size=20),
    first=st.integers(0, 1100),
    length=st.integers(0, 1100),
)
def test_any_stretch_is_the_sum_of_its_days(db, zone: str, history, first: int, length: int) -> None:
    from listening.sql import SqlListenStore

    user_id, begin = next(USERS), datetime(2024, 2, 1, 12, tzinfo=UTC)
    store = SqlListenStore()
    store.add_all([heard(user_id, begin + timedelta(days=day), track) for day, track in history])
    assert rollups.refresh(user_id, zone)
    since = date(2024, 2, 1) + timedelta(days=first)
    until = since + timedelta(days=length)
    found = figures.figures(user_id, since, until)
    within = {day: total for day, total in counted(store, user_id, zone).items() if since <= day <= until}
    assert found.total == sum(within.values(), Sum())
    assert [each.day for each in figures.days(user_id, since, until)] == sorted(within)
    first_days = Counter(FirstHeard.objects.filter(user_id=user_id).values_list("day", flat=True))
    assert found.discoveries == sum(n for day, n in first_days.items() if since <= day <= until)


def test_both_changes_of_the_clock_have_days_of_23_and_25_hours(kept):
    berlin = ZoneInfo("Europe/Berlin")
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        begin = midnight(day, berlin).astimezone(UTC)
        kept.add_all([heard(ALICE, begin + timedelta(hours=hour)) for hour in range(hours)])
        rollups.refresh(ALICE, "Europe/Berlin")
        (found,) = figures.days(ALICE, day, day)
        assert found.listens == hours


@pytest.mark.parametrize("zone", ZONES)
def test_the_days_around_one_of_utc_hold_all_of_its_moments(zone):
    for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 1, 1)):
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
        moments = [begin + timedelta(minutes=minute) for minute in range(24 * 60)]
        assert {at.astimezone(ZoneInfo(zone)).date() for at in moments} == days_around(day, ZoneInfo(zone))


def test_another_time_zone_makes_all_anew(kept):
    kept.add_all([heard(ALICE, datetime(2026, 5, 4, 23, 30, tzinfo=UTC))])
    assert rollups.refresh(ALICE, "UTC")
    assert figures.first_day(ALICE) == date(2026, 5, 4)
    assert rollups.refresh(ALICE, "Europe/Berlin")
    assert figures.first_day(ALICE) == date(2026, 5, 5)


def test_a_long_history_is_left_to_the_worker(kept, monkeypatch):
    monkeypatch.setattr(rollups, "SMALL_HISTORY", 3)
    kept.add_all([heard(ALICE, MARCH + timedelta(hours=hour)) for hour in range(5)])
    assert not rollups.refresh(ALICE, "UTC")
    assert figures.first_day(ALICE) is None
    assert rollups.refresh_some() == 1
    assert rollups.refresh(ALICE, "UTC")
    assert figures.figures(ALICE, date(2026, 1, 1), date(2026, 12, 31)).total.listens == 5


def test_many_changed_days_are_taken_a_part_at_a_time(kept, monkeypatch):
    rollups.refresh(ALICE, "UTC")
    kept.add_all([heard(ALICE, MARCH + timedelta(days=day)) for day in range(9)])
    StaleDay.objects.update(marked_at=timezone.now() - timedelta(minutes=1))
    assert not rollups.refresh_days(ALICE, 4)
    assert not rollups.refresh_days(ALICE, 4)
    assert rollups.refresh_days(ALICE, 4)
    assert not StaleDay.objects.exists()
    assert len(figures.days(ALICE, date(2026, 1, 1), date(2026, 12, 31))) == 9


def test_a_young_mark_stays_for_the_write_that_may_still_come(kept):
    rollups.refresh(ALICE, "UTC")
    listen = heard(ALICE, MARCH)
    StaleDay.objects.create(user_id=ALICE, day=MARCH.date(), marked_at=timezone.now())
    rollups.refresh(ALICE, "UTC")
    kept.add_all([listen])
    rollups.refresh(ALICE, "UTC")
    assert figures.first_day(ALICE) == MARCH.date()
    assert StaleDay.objects.exists()
    StaleDay.objects.update(marked_at=timezone.now() - timedelta(minutes=1))
    assert rollups.refresh_some() == 1
    assert not StaleDay.objects.exists()
    assert rollups.refresh_some() == 0


def test_a_store_that_is_away_leaves_the_figures_as_they_were(kept, monkeypatch):
    kept.add_all([heard(ALICE, MARCH)])
    rollups.refresh(ALICE, "UTC")
    kept.start(begun(ALICE, 900, started_at=MARCH, received_at=MARCH))

    def away(*_args: object, **_more: object) -> None:
        raise StoreAway

    monkeypatch.setattr(type(kept), "each", away)
    assert not rollups.refresh(ALICE, "UTC")
    assert figures.figures(ALICE, MARCH.date(), MARCH.date()).total.plays == 1


def test_names_are_kept_of_what_the_catalogue_may_not_have(kept):
    kept.add_all([heard(ALICE, MARCH, -7, title="Gone", artist_name="Someone", album_id=-8, album_title="Lost")])
    rollups.refresh(ALICE, "UTC")
    assert figures.names("track", [-7])[-7].name == "Gone"
    assert figures.names("album", [-8])[-8].artist_name == "Someone"
    assert HeardName.objects.filter(kind="artist").count() == 1


def test_somebody_forgotten_has_no_figures(kept):
    kept.add_all([heard(ALICE, MARCH)])
    rollups.refresh(ALICE, "UTC")
    kept.forget_user(ALICE)
    rollups.forget([ALICE])
    assert picture(ALICE) == ({}, {})
    assert not RollupState.objects.exists()
