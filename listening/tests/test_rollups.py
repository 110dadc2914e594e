"""Figures that grow with each listen are those that would be made anew, and those that counting the listens gives."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from listening import figures, rollups, rules, totals
from listening.counting import Sum, days_around, midnights
from listening.errors import StoreAway
from listening.listen import Event, Identity, Listen, Selection, TrackTotals
from listening.models import FirstHeard, HeardName, Rollup, RollupState, StaleDay
from listening.store import ListenStore, listen_store
from listening.tests.cast import ALICE, THREE_MINUTES, begun

ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Pago_Pago")
# Before the clocks change. In Newfoundland of 2010 they go back a minute after midnight: to the day before.
MARCH = datetime(2026, 3, 28, 12, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 24, 12, tzinfo=UTC)
NOVEMBER = datetime(2010, 11, 6, 12, tzinfo=UTC)
ST_JOHNS = "America/St_Johns"
USERS = count(1000)
EVENTS = count(1)


@pytest.fixture
def kept(store: ListenStore, monkeypatch: pytest.MonkeyPatch) -> ListenStore:
    for choice in ("listen_store", "patient_store"):
        monkeypatch.setattr(rollups, choice, lambda: store)
    monkeypatch.setattr(totals, "listen_store", lambda: store)
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
    days: dict[date, Sum] = {}
    for listen in (listen for batch in store.each(user_id) for listen in batch):
        began = listen.started_at.astimezone(ZoneInfo(zone))
        day = days.setdefault(began.date(), Sum())
        day.plays += 1
        day.listens += listen.heard
        day.played_ms += listen.played_ms
        day.completed += listen.completed
        day.skipped += listen.skipped
        grow(day.tracks, listen.track_id, listen)
        grow(day.artists, listen.artist_id, listen)
        grow(day.clock, began.weekday() * 24 + began.hour, listen)
        if listen.album_id:
            grow(day.albums, listen.album_id, listen)
        for slug in listen.genres:
            grow(day.genres, slug, listen)
    return days


def grow(sums: dict, key: object, listen: Listen) -> None:
    if listen.heard or listen.played_ms:
        listens, ms = sums.get(key, (0, 0))
        sums[key] = (listens + listen.heard, ms + listen.played_ms)


def all_of(sums) -> Sum:
    total = Sum()
    for each in sums:
        total.add(each)
    return total


def first_days(store: ListenStore, user_id: int, zone: str) -> dict[int, date]:
    first: dict[int, date] = {}
    for listen in (listen for batch in store.each(user_id) for listen in batch if listen.heard):
        day = listen.started_at.astimezone(ZoneInfo(zone)).date()
        first[listen.track_id] = min(day, first.get(listen.track_id, day))
    return first


def tracks_counted(store: ListenStore, user_id: int) -> set[TrackTotals]:
    tracks: dict[int, list[Listen]] = {}
    for listen in (listen for batch in store.each(user_id) for listen in batch):
        if listen.track_id > 0 and (listen.heard or listen.played_ms):
            tracks.setdefault(listen.track_id, []).append(listen)
    return {
        TrackTotals(
            track_id,
            plays=sum(each.heard for each in listens),
            begun=len(listens),
            finished=sum(each.completed for each in listens),
            skipped=sum(each.skipped for each in listens),
            last_at=max(each.started_at for each in listens),
        )
        for track_id, listens in tracks.items()
    }


def first_day() -> date | None:
    return next((each.day for each in figures.days(ALICE, date.min, date.max)), None)


def settle() -> None:
    """As if a minute went by: all writes are over."""
    StaleDay.objects.update(marked_at=timezone.now() - timedelta(minutes=1))


moments = st.builds(
    lambda begin, minutes: begin + timedelta(minutes=minutes),
    st.sampled_from((MARCH, OCTOBER, NOVEMBER)),
    st.integers(0, 60 * 60),
)
near_midnight = st.builds(
    lambda seconds: datetime(2010, 11, 7, 2, tzinfo=UTC) + timedelta(seconds=seconds), st.integers(0, 2 * 60 * 60)
)
plays = st.tuples(st.just("play"), moments | near_midnight, st.integers(1, 5), st.sampled_from((0.0, 0.05, 0.6, 1.0)))
steps = st.one_of(
    plays,
    plays,
    st.tuples(st.just("go on"), st.integers(0, 30), st.integers(1, THREE_MINUTES)),
    st.tuples(st.just("erase track"), st.integers(1, 5)),
    st.tuples(st.just("erase span"), moments, st.integers(1, 2000)),
    st.tuples(st.just("join"), st.integers(1, 5)),
    st.tuples(st.just("import"), moments, st.integers(1, 9), st.integers(1, 600)),
    st.tuples(st.just("refresh"), st.integers(1, 4), st.booleans()),
    st.tuples(st.just("refresh"), st.integers(1, 4), st.booleans()),
    st.tuples(st.just("move"), st.sampled_from(ZONES)),
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
        case ("import", since, number, minutes):
            new = [heard(user_id, since + timedelta(minutes=minutes * n), 1 + n % 4) for n in range(number)]
            store.add_all(new)
            listens.extend(new)
        case ("refresh", at_most, are_settled):
            if are_settled:
                settle()
            rollups.refresh_days(user_id, at_most)
        case ("move", zone):
            rollups.refresh(user_id, zone)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(zone=st.sampled_from(ZONES), history=st.lists(steps, max_size=25))
def test_step_by_step_is_anew_is_counted(kept: ListenStore, zone: str, history: list[tuple]) -> None:
    user_id, listens = next(USERS), []
    assert rollups.refresh(user_id, zone)
    settle()
    for step in history:
        take(kept, user_id, step, listens)
    assert rollups.refresh(user_id, zone)
    grown = picture(user_id)
    days = {begin: total for (level, begin), total in grown[0].items() if level == "day"}
    assert days == counted(kept, user_id, zone)
    assert grown[1] == first_days(kept, user_id, zone)
    assert totals.kept(user_id) == tracks_counted(kept, user_id)
    assert rollups.is_right(user_id, zone)
    rollups.rebuild(user_id, zone)
    assert picture(user_id) == grown
    assert totals.kept(user_id) == tracks_counted(kept, user_id)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
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
    [found] = figures.figures(user_id, (since, until))
    within = {day: total for day, total in counted(store, user_id, zone).items() if since <= day <= until}
    assert found.total == all_of(within.values())
    assert [each.day for each in figures.days(user_id, since, until)] == sorted(within)
    first_days = Counter(FirstHeard.objects.filter(user_id=user_id).values_list("day", flat=True))
    assert found.discoveries == sum(n for day, n in first_days.items() if since <= day <= until)


def test_both_changes_of_the_clock_have_days_of_23_and_25_hours(kept):
    berlin = ZoneInfo("Europe/Berlin")
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        begin = midnights(day, berlin)[0]
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


def test_a_clock_that_goes_back_over_midnight_comes_to_the_same_day_twice(kept):
    twice = datetime(2010, 11, 7, 2, 30, 20, tzinfo=UTC)
    times = [twice + timedelta(minutes=minutes) for minutes in (-60, 0, 10, 50, 70, 120)]
    rollups.refresh(ALICE, ST_JOHNS)
    kept.add_all([heard(ALICE, at) for at in times])
    rollups.refresh(ALICE, ST_JOHNS)
    grown = picture(ALICE)
    rollups.rebuild(ALICE, ST_JOHNS)
    assert picture(ALICE) == grown
    both = [(each.day.day, each.listens) for each in figures.days(ALICE, date(2010, 11, 6), date(2010, 11, 7))]
    assert both == [(6, 3), (7, 3)]


def test_another_time_zone_makes_all_anew(kept):
    kept.add_all([heard(ALICE, datetime(2026, 5, 4, 23, 30, tzinfo=UTC))])
    assert rollups.refresh(ALICE, "UTC")
    assert first_day() == date(2026, 5, 4)
    assert rollups.refresh(ALICE, "Europe/Berlin")
    assert first_day() == date(2026, 5, 5)


def test_a_long_history_is_left_to_the_worker(kept, monkeypatch):
    monkeypatch.setattr(rollups, "SMALL_HISTORY", 3)
    kept.add_all([heard(ALICE, MARCH + timedelta(hours=hour)) for hour in range(5)])
    assert not rollups.refresh(ALICE, "UTC")
    assert first_day() is None
    assert rollups.refresh_some() == 1
    assert rollups.refresh(ALICE, "UTC")
    assert figures.figures(ALICE, (date(2026, 1, 1), date(2026, 12, 31)))[0].total.listens == 5


def test_who_never_asked_for_figures_has_them_made_by_the_worker(kept):
    kept.add_all([heard(ALICE, MARCH + timedelta(hours=hour)) for hour in range(5)])
    assert rollups.refresh_some() == 0
    settle()
    assert rollups.refresh_some() == 1
    assert rollups.is_right(ALICE, "UTC") and first_day() == MARCH.date()
    assert not StaleDay.objects.exists()
    assert rollups.refresh_some() == 0


def test_many_changed_days_are_taken_a_part_at_a_time(kept, monkeypatch):
    rollups.refresh(ALICE, "UTC")
    kept.add_all([heard(ALICE, MARCH + timedelta(days=day)) for day in range(9)])
    settle()
    assert not rollups.refresh_days(ALICE, 4)
    assert not rollups.refresh_days(ALICE, 4)
    assert rollups.refresh_days(ALICE, 4)
    assert not StaleDay.objects.exists()
    assert len(figures.days(ALICE, date(2026, 1, 1), date(2026, 12, 31))) == 9


def test_a_day_that_takes_longer_than_a_page_waits_is_left_to_the_workers_patience(kept, monkeypatch):
    rollups.refresh(ALICE, "UTC")
    kept.add_all([heard(ALICE, MARCH, track) for track in range(1, 9)])
    settle()

    def too_long(*_args: object) -> None:
        raise StoreAway

    monkeypatch.setattr(totals, "renew", too_long)
    assert not rollups.refresh(ALICE, "UTC")
    assert rollups.refresh_some() == 1
    assert rollups.refresh(ALICE, "UTC")
    assert first_day() == MARCH.date()
    assert rollups.is_right(ALICE, "UTC")


def test_while_the_store_is_away_nothing_is_begun_anew(kept, monkeypatch):
    rollups.refresh(ALICE, "UTC")
    kept.add_all([heard(ALICE, MARCH)])
    settle()

    def away(*_args: object, **_more: object) -> None:
        raise StoreAway

    monkeypatch.setattr(type(kept), "each", away)
    monkeypatch.setattr(type(kept), "ping", away)
    assert rollups.refresh_some() == 0
    assert not RollupState.objects.get().is_outdated


def test_a_young_mark_stays_for_the_write_that_may_still_come(kept):
    rollups.refresh(ALICE, "UTC")
    listen = heard(ALICE, MARCH)
    StaleDay.objects.create(user_id=ALICE, day=MARCH.date(), marked_at=timezone.now())
    rollups.refresh(ALICE, "UTC")
    kept.add_all([listen])
    rollups.refresh(ALICE, "UTC")
    assert first_day() == MARCH.date()
    assert StaleDay.objects.exists()
    settle()
    assert rollups.refresh_some() == 1
    assert not StaleDay.objects.exists()
    assert rollups.refresh_some() == 0


def test_a_turn_takes_thousands_of_days_a_portion_at_a_time(kept, monkeypatch):
    rollups.refresh(ALICE, "UTC")
    kept.add_all([heard(ALICE, MARCH + timedelta(days=day)) for day in range(150)])
    settle()
    monkeypatch.setattr(rollups, "PORTIONS_A_TURN", 2)
    rollups.refresh_some()
    assert StaleDay.objects.count() == 150 - 2 * rollups.DAYS_AT_ONCE
    rollups.refresh_some()
    assert not StaleDay.objects.exists()
    assert rollups.is_right(ALICE, "UTC")


def test_after_an_import_all_is_made_anew_at_once_but_not_before_it_is_over(kept, monkeypatch):
    monkeypatch.setattr(rollups, "MANY_DAYS", 20)
    rollups.refresh(ALICE, "UTC")
    kept.add_all([heard(ALICE, MARCH + timedelta(days=day)) for day in range(40)])
    settle()
    kept.add_all([heard(ALICE, MARCH + timedelta(days=day)) for day in range(40, 50)])
    rollups.refresh_some()
    assert first_day() is None
    settle()
    monkeypatch.setattr(rollups, "refresh_days", None)
    assert rollups.refresh_some() == 1
    assert not StaleDay.objects.exists()
    assert len(figures.days(ALICE, date(2026, 1, 1), date(2026, 12, 31))) == 50


def test_who_plays_while_many_days_wait_does_not_keep_them_waiting(kept, monkeypatch):
    monkeypatch.setattr(rollups, "MANY_DAYS", 20)
    rollups.refresh(ALICE, "UTC")
    kept.add_all([heard(ALICE, MARCH + timedelta(days=day)) for day in range(40)])
    settle()
    kept.add_all([heard(ALICE, OCTOBER)])
    rollups.refresh_some()
    assert list(StaleDay.objects.values_list("day", flat=True)) == [OCTOBER.date()]
    assert len(figures.days(ALICE, date(2026, 1, 1), date(2026, 12, 31))) == 41


def test_days_whose_writes_are_over_come_before_young_ones(kept):
    rollups.refresh(ALICE, "UTC")
    kept.add_all([heard(ALICE, OCTOBER)])
    settle()
    kept.add_all([heard(ALICE, MARCH)])
    assert not rollups.refresh_days(ALICE, 1)
    assert list(StaleDay.objects.values_list("day", flat=True)) == [MARCH.date()]


def test_a_first_day_found_before_it_was_summed_up_is_given_up_with_its_listens(kept):
    rollups.refresh(ALICE, "UTC")
    kept.add_all([heard(ALICE, MARCH)])
    rollups.refresh(ALICE, "UTC")
    settle()
    rollups.refresh_days(ALICE)
    kept.erase(ALICE, Selection())
    settle()
    kept.add_all([heard(ALICE, MARCH + timedelta(days=5))])
    rollups.refresh_days(ALICE, 1)
    assert picture(ALICE)[1] == {1: (MARCH + timedelta(days=5)).date()}
    kept.erase(ALICE, Selection())
    assert rollups.refresh(ALICE, "UTC")
    assert picture(ALICE) == ({}, {})


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """What happens after listens were read for new figures, and before these are written: marks go at once."""
    read = rollups._made_anew
    monkeypatch.setattr(rollups, "WRITE_TAKES", timedelta(0))

    def happens(what: Callable[[], object]) -> None:
        def reading(*args: Any) -> Any:
            found = read(*args)
            monkeypatch.setattr(rollups, "_made_anew", read)
            what()
            return found

        monkeypatch.setattr(rollups, "_made_anew", reading)

    return happens


def test_a_listen_that_comes_while_all_is_made_anew_is_not_lost(kept, between):
    kept.add_all([heard(ALICE, MARCH)])
    rollups.refresh(ALICE, "UTC")

    def listens_and_reads() -> None:
        kept.add_all([heard(ALICE, MARCH, 2)])
        rollups.refresh_days(ALICE)

    between(listens_and_reads)
    rollups.rebuild(ALICE, "UTC")
    assert rollups.refresh(ALICE, "UTC")
    assert rollups.is_right(ALICE, "UTC")
    assert figures.figures(ALICE, (MARCH.date(), MARCH.date()))[0].total.plays == 2


def test_of_two_who_make_all_anew_the_slower_one_writes_nothing(kept, between):
    kept.add_all([heard(ALICE, MARCH)])

    def another_is_quicker() -> None:
        kept.add_all([heard(ALICE, MARCH, 2)])
        rollups.rebuild(ALICE, "UTC")
        rollups.refresh_days(ALICE)

    between(another_is_quicker)
    rollups.rebuild(ALICE, "UTC")
    assert rollups.is_right(ALICE, "UTC")
    assert RollupState.objects.get().version == 1


def test_who_is_forgotten_while_figures_are_made_stays_forgotten(kept, between):
    kept.add_all([heard(ALICE, MARCH)])
    between(lambda: listen_store().forget_user(ALICE))
    rollups.rebuild(ALICE, "UTC")
    assert picture(ALICE) == ({}, {})
    assert not RollupState.objects.exists()


def test_a_store_that_is_away_leaves_the_figures_as_they_were(kept, monkeypatch):
    kept.add_all([heard(ALICE, MARCH)])
    rollups.refresh(ALICE, "UTC")
    kept.start(begun(ALICE, 900, started_at=MARCH, received_at=MARCH))

    def away(*_args: object, **_more: object) -> None:
        raise StoreAway

    monkeypatch.setattr(type(kept), "each", away)
    assert not rollups.refresh(ALICE, "UTC")
    assert figures.figures(ALICE, (MARCH.date(), MARCH.date()))[0].total.plays == 1


def test_names_are_kept_of_what_the_catalogue_may_not_have(kept):
    kept.add_all([heard(ALICE, MARCH, -7, title="Gone", artist_name="Someone", album_id=-8, album_title="Lost")])
    rollups.refresh(ALICE, "UTC")
    assert figures.names("track", [-7])[-7].name == "Gone"
    assert figures.names("album", [-8])[-8].artist_name == "Someone"
    assert HeardName.objects.filter(kind="artist").count() == 1


def test_somebody_forgotten_has_no_figures(kept):
    kept.add_all([heard(ALICE, MARCH)])
    rollups.refresh(ALICE, "UTC")
    listen_store().forget_user(ALICE)
    assert picture(ALICE) == ({}, {})
    assert not RollupState.objects.exists()
