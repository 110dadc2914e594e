"""Keeps the figures of each user's days, months and years in step with their listens.

A day whose listens changed is marked (listening.marks) and summed up anew from its listens; by how much it differs, its
month and its year change. Sums are whole numbers, so that after any number of steps they are what they would be if all
were made anew.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from listening import statements, totals
from listening.columns import Columns, packed, packed_by_name, part_of
from listening.counting import NUMBERED, TOTALS, Sum, days_around, midnights, sum_of
from listening.errors import StoreAway
from listening.lease import lease
from listening.listen import Listen, Selection
from listening.models import FirstHeard, HeardName, Rollup, RollupState, StaleDay
from listening.store import ListenStore, listen_store, patient_store

Level = Rollup.Level

# A mark is set just before its write. One that is younger than this may still wait for it.
WRITE_TAKES = timedelta(seconds=15)
DAYS_AT_ONCE = 60
SMALL_HISTORY = 2000
AT_ONCE = 500
PORTIONS_A_TURN = 20
# From here on the whole history is read once in less time than its days one by one. The player marks one or two.
MANY_DAYS = 300
FEW_DAYS = 3
# SQLite lets nobody else write meanwhile, and who waits for it looks every 100 ms.
PAUSE_SECONDS = 0.15
# Two days that a clock goes to and fro between.
TWICE_AT_MOST = 2


def refresh(user_id: int, zone: str) -> bool:
    """Before figures are shown: bring them up to date, as far as a page may wait; whether they are.

    A long history that was never summed up, or for another zone, is left to the worker.
    """
    try:
        state = statements.state(user_id)
        if state is None or state[0] != zone:
            state = _want(user_id, zone)
        _zone, is_outdated, has_stale_days = state
        if is_outdated:
            if listen_store().count(user_id) > SMALL_HISTORY:
                return False
            rebuild(user_id, zone, listen_store())
            has_stale_days = True
        # Without a lock, which a page that only reads should not wait for.
        return not has_stale_days or refresh_days(user_id, DAYS_AT_ONCE)
    except StoreAway:
        return False


def refresh_days(user_id: int, at_most: int = DAYS_AT_ONCE) -> bool:
    """The days that changed, some at once; whether that was all. Raises StoreAway."""
    began = timezone.now()
    with transaction.atomic():
        state = RollupState.objects.select_for_update().filter(user_id=user_id, is_outdated=False).first()
        if state is None:
            return False
        marks = list(StaleDay.objects.filter(user_id=user_id).order_by("marked_at", "day")[: at_most + 1])
        zone = ZoneInfo(state.zone)
        days = sorted({day for mark in marks[:at_most] for day in days_around(mark.day, zone)})
        _sum_up(user_id, zone, days)
        for mark in marks[:at_most]:
            StaleDay.objects.filter(
                user_id=user_id, day=mark.day, marked_at=mark.marked_at, marked_at__lt=began - WRITE_TAKES
            ).delete()
    return len(marks) <= at_most


def rebuild(user_id: int, zone: str, store: ListenStore | None = None) -> None:
    """All of a user's figures anew from their listens, read a batch at a time, patiently if no store is given.

    Raises StoreAway.
    Nothing is written if meanwhile somebody else made them, another zone was chosen, or the user is gone.
    """
    began = timezone.now()
    wanted = {"zone": zone, "is_outdated": True}
    state, _is_new = RollupState.objects.update_or_create(user_id=user_id, defaults=wanted)
    anew = _made_anew(user_id, ZoneInfo(zone), store or patient_store())
    with transaction.atomic():
        ours = RollupState.objects.select_for_update().filter(user_id=user_id, version=state.version, **wanted)
        if not ours:
            return
        _forget(user_id)
        Rollup.objects.bulk_create(anew.rows, AT_ONCE)
        totals.replace(user_id, anew.of_tracks)
        _note_names(anew.names)
        FirstHeard.objects.bulk_create(
            (FirstHeard(user_id=user_id, track_id=pk, day=day) for pk, day in anew.first_days.items()), AT_ONCE
        )
        StaleDay.objects.filter(user_id=user_id, marked_at__lt=began - WRITE_TAKES).delete()
        ours.update(is_outdated=False, version=state.version + 1)


def is_right(user_id: int, zone: str) -> bool:
    """Whether what is kept is what `rebuild` would make, in the zone that it is kept for, if any. Raises StoreAway."""
    zone = RollupState.objects.filter(user_id=user_id).values_list("zone", flat=True).first() or zone
    anew = _made_anew(user_id, ZoneInfo(zone), patient_store())
    rows = {(row.level, row.begin): row for row in Rollup.objects.filter(user_id=user_id)}
    if rows.keys() != {(row.level, row.begin) for row in anew.rows}:
        return False
    if any(total_of(rows[row.level, row.begin]) != total_of(row) for row in anew.rows):
        return False
    if totals.kept(user_id) != set(anew.of_tracks):
        return False
    kept = FirstHeard.objects.filter(user_id=user_id).values_list("track_id", "day")
    return dict(kept) == anew.first_days


def refresh_some() -> int:
    """The worker's part: whoever's figures are outdated or have days that changed; for how many users."""
    refreshed = 0
    with lease("figures") as held:
        for state in _waiting() if held else ():
            try:
                _bring_up(state)
            except StoreAway:
                break
            refreshed += 1
            if not (held and held.renew()):
                break
    return refreshed


def _bring_up(state: RollupState) -> None:
    """After an import or its undoing, all anew; not before it is over. So, too, when a day takes too long."""
    if not state.is_outdated and _settled().filter(user_id=state.user_id).count() < MANY_DAYS:
        try:
            _refresh_in_portions(state.user_id)
        except StoreAway:
            patient_store().ping()
            rebuild(state.user_id, state.zone)
    elif state.is_outdated or not _is_under_way(state.user_id):
        rebuild(state.user_id, state.zone)


def _is_under_way(user_id: int) -> bool:
    young = StaleDay.objects.filter(user_id=user_id, marked_at__gte=timezone.now() - WRITE_TAKES)
    return young.count() > FEW_DAYS


def _refresh_in_portions(user_id: int) -> None:
    """As many as one turn may take, so that other listeners have theirs, and others may write in between."""
    for _portion in range(PORTIONS_A_TURN):
        refresh_days(user_id)
        if not _settled().filter(user_id=user_id).exists():
            return
        time.sleep(PAUSE_SECONDS)


def _forget(user_id: int) -> None:
    for model in (Rollup, FirstHeard):
        model._default_manager.filter(user_id=user_id).delete()


def _settled() -> QuerySet[StaleDay]:
    """Marks whose writes are over."""
    return StaleDay.objects.filter(marked_at__lt=timezone.now() - WRITE_TAKES)


def _waiting() -> Iterator[RollupState]:
    _begin_for_newcomers()
    yield from RollupState.objects.filter(is_outdated=True)
    yield from RollupState.objects.filter(is_outdated=False, user_id__in=_settled().values("user_id"))


def _begin_for_newcomers() -> None:
    """Whoever listened without ever asking for their figures counts among all; by UTC until they ask."""
    known = RollupState.objects.values("user_id")
    strangers = _settled().exclude(user_id__in=known).values_list("user_id", flat=True).distinct()
    states = [RollupState(user_id=user_id, zone="UTC") for user_id in strangers[:AT_ONCE]]
    RollupState.objects.bulk_create(states, ignore_conflicts=True)


def _want(user_id: int, zone: str) -> tuple[str, bool, bool]:
    """From now on the figures are wanted for that zone: see statements.state."""
    RollupState.objects.update_or_create(user_id=user_id, defaults={"zone": zone, "is_outdated": True})
    return zone, True, True


def _sum_up(user_id: int, zone: ZoneInfo, days: Sequence[date]) -> None:
    before = {row.begin: total_of(row) for row in rows_of(user_id, Level.DAY).filter(begin__in=days)}
    changed: dict[date, tuple[Sum, Sum]] = {}
    heard: dict[date, set[int]] = {}
    touched: set[int] = set()
    for day in days:
        listens = list(_listens_on(user_id, day, zone))
        old, new = before.get(day, Sum()), sum_of(listens, zone)
        heard[day] = _listened(new)
        touched.update(old.tracks, new.tracks)
        if new != old:
            changed[day] = (old, new)
            _note_names(listen for listen in listens if listen.track_id not in old.tracks)
    _replace(user_id, Level.DAY, {day: new for day, (_old, new) in changed.items()})
    for level in (Level.MONTH, Level.YEAR):
        _carry(user_id, level, changed)
    _keep_past(user_id, changed)
    for day, (old, new) in sorted(changed.items()):
        _note_first(user_id, day, _listened(new) - _listened(old))
    _find_first_anew(user_id, zone, heard)
    totals.renew(user_id, touched)


def _carry(user_id: int, level: str, changed: dict[date, tuple[Sum, Sum]]) -> None:
    """What the days gained and lost, to the months or years that they are in."""
    begins = {_begin(day, level) for day in changed}
    totals = {row.begin: total_of(row) for row in rows_of(user_id, level).filter(begin__in=begins)}
    for day, (old, new) in changed.items():
        begin = _begin(day, level)
        total = totals.setdefault(begin, Sum())
        total.take_away(old)
        total.add(new)
    _replace(user_id, level, totals)


def _keep_past(user_id: int, changed: Iterable[date]) -> None:
    """Made anew from the years before the latest one when one of them changed, or when that is another than it was."""
    latest = rows_of(user_id, Level.YEAR).order_by("begin").values_list("begin", flat=True).last()
    kept = rows_of(user_id, Level.PAST).values_list("begin", flat=True).first()
    if kept == latest and (kept is None or all(day >= kept for day in changed)):
        return
    years = {row.begin: total_of(row) for row in rows_of(user_id, Level.YEAR)}
    rows_of(user_id, Level.PAST).delete()
    _write(user_id, Level.PAST, _past(years).items())


def _past(years: Mapping[date, Sum]) -> dict[date, Sum]:
    """The sum of all years but the latest, by the day on which that begins."""
    if not years:
        return {}
    latest, past = max(years), Sum()
    for begin, total in years.items():
        if begin < latest:
            past.add(total)
    return {latest: past}


def _note_first(user_id: int, day: date, track_ids: Iterable[int]) -> None:
    """Unless they were heard before."""
    FirstHeard.objects.bulk_create(
        [FirstHeard(user_id=user_id, track_id=track_id, day=day) for track_id in sorted(track_ids)],
        ignore_conflicts=True,
    )
    FirstHeard.objects.filter(user_id=user_id, track_id__in=list(track_ids), day__gt=day).update(day=day)


def _find_first_anew(user_id: int, zone: ZoneInfo, heard: Mapping[date, set[int]]) -> None:
    """Of tracks that were heard first on one of the days, and are not among those heard on it any more."""
    for first in FirstHeard.objects.filter(user_id=user_id, day__in=list(heard)):
        if first.track_id in heard[first.day]:
            continue
        days = {
            listen.started_at.astimezone(zone).date()
            for batch in listen_store().each(user_id, Selection(track_id=first.track_id))
            for listen in batch
            if listen.heard
        }
        first.delete()
        if days:
            _note_first(user_id, min(days), {first.track_id})


def _listens_on(user_id: int, day: date, zone: ZoneInfo) -> Iterator[Listen]:
    since, until = midnights(day, zone)[0], midnights(day + timedelta(days=1), zone)[1]
    for batch in listen_store().each(user_id, Selection(since=since, until=until)):
        yield from (listen for listen in batch if listen.started_at.astimezone(zone).date() == day)


class _Anew(NamedTuple):
    """All that is kept of somebody's listens, made from them: days as packed as they are kept, for there are many."""

    rows: list[Rollup]
    of_tracks: totals.Totals
    first_days: dict[int, date]
    names: Iterable[Listen]  # one for each that is named


def _made_anew(user_id: int, zone: ZoneInfo, store: ListenStore) -> _Anew:
    of_tracks = totals.Totals()
    named: dict[tuple[int, ...], Listen] = {}
    first_days: dict[int, date] = {}

    def days() -> Iterator[tuple[date, Sum]]:
        for day, listens in _by_day(user_id, zone, store):
            of_tracks.add(listens)
            for each in listens:
                named.setdefault((each.track_id, each.artist_id, each.album_id), each)
            total = sum_of(listens, zone)
            for track_id in _listened(total):
                first_days.setdefault(track_id, day)
            yield day, total

    rows = [_row(user_id, level, begin, total) for level, begin, total in _periods(days())]
    return _Anew(rows, of_tracks, first_days, named.values())


def _by_day(user_id: int, zone: ZoneInfo, store: ListenStore) -> Iterator[tuple[date, list[Listen]]]:
    """The earliest first. A clock that goes back over midnight comes to the same day twice."""
    days: dict[date, list[Listen]] = {}
    listens = (listen for batch in store.each(user_id) for listen in batch)
    for day, group in groupby(listens, key=lambda listen: listen.started_at.astimezone(zone).date()):
        days.setdefault(day, []).extend(group)
        if len(days) > TWICE_AT_MOST:
            first = min(days)
            yield first, days.pop(first)
    yield from sorted(days.items())


def _periods(days: Iterable[tuple[date, Sum]]) -> Iterator[tuple[str, date, Sum]]:
    """The days, which come in order, and each month and year when it is over; at last what was before that year."""
    under_way: dict[str, tuple[date, Sum]] = {}
    past = Sum()
    for day, of_day in days:
        yield Level.DAY, day, of_day
        for level in (Level.MONTH, Level.YEAR):
            begin, total = under_way.get(level, (_begin(day, level), Sum()))
            if begin != _begin(day, level):
                yield level, begin, total
                if level == Level.YEAR:
                    past.add(total)
                begin, total = _begin(day, level), Sum()
            total.add(of_day)
            under_way[level] = begin, total
    for name, (begin, total) in under_way.items():
        yield name, begin, total
    if under_way:
        yield Level.PAST, under_way[Level.YEAR][0], past


def _listened(total: Sum) -> set[int]:
    return {track_id for track_id, (listens, _ms) in total.tracks.items() if listens}


def _note_names(listens: Iterable[Listen]) -> None:
    names: dict[tuple[str, int], HeardName] = {}
    for each in listens:
        kinds = (
            (HeardName.Kind.TRACK, each.track_id, each.title),
            (HeardName.Kind.ARTIST, each.artist_id, each.artist_name),
            (HeardName.Kind.ALBUM, each.album_id, each.album_title),
        )
        for kind, pk, name in kinds:
            by = "" if kind == HeardName.Kind.ARTIST else each.artist_name
            if pk:
                names[kind, pk] = HeardName(kind=kind, target_id=pk, name=name, artist_name=by)
    in_order = [names[key] for key in sorted(names)]
    HeardName.objects.bulk_create(in_order, AT_ONCE, ignore_conflicts=True)


def rows_of(user_id: int, level: str) -> QuerySet[Rollup]:
    return Rollup.objects.filter(user_id=user_id, level=level)


def total_of(row: Rollup) -> Sum:
    kept: dict[str, Any] = {name: getattr(row, name) for name in TOTALS}
    kept |= {name: dict(Columns([part_of(getattr(row, name))])) for name in NUMBERED}
    return Sum(**kept, genres=dict(Columns([row.genres])))


def _write(user_id: int, level: str, totals: Iterable[tuple[date, Sum]]) -> None:
    Rollup.objects.bulk_create((_row(user_id, level, begin, total) for begin, total in totals), AT_ONCE)


def _replace(user_id: int, level: str, totals: dict[date, Sum]) -> None:
    rows_of(user_id, level).filter(begin__in=list(totals)).delete()
    _write(user_id, level, ((begin, total) for begin, total in totals.items() if total.plays))


def _row(user_id: int, level: str, begin: date, total: Sum) -> Rollup:
    return Rollup(
        user_id=user_id,
        level=level,
        begin=begin,
        **{name: getattr(total, name) for name in TOTALS},
        **{name: packed(getattr(total, name)) for name in NUMBERED},
        genres=packed_by_name(total.genres),
    )


def _begin(day: date, level: str) -> date:
    return day.replace(day=1) if level == Level.MONTH else day.replace(month=1, day=1)
