"""Days as a heat map: a column for each week, Monday on top."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from history.charts.shades import most_of, shade

LEFT, TOP, STEP, SIDE = 30, 20, 14, 11.5
HEIGHT = TOP + 7 * STEP
LABEL_APART = 3
SILENT = (0, 0)
KEPT = 64


class Day(NamedTuple):
    x: float
    y: float
    shade: int
    day: date
    listens: int
    played_ms: int


class Calendar(NamedTuple):
    """`months`: where the name of each month stands, and its first day."""

    width: int
    days: list[Day]
    months: list[tuple[float, date]]


def calendar(heard: Mapping[date, tuple[int, int]], since: date, until: date) -> Calendar:
    """Each day from `since` to `until`, both in, with its listens and milliseconds; shaded by the time."""
    most = most_of(ms for day, (_listens, ms) in heard.items() if since <= day <= until)
    days = [
        Day(x, y, shade(played_ms, most), day, listens, played_ms)
        for x, y, day in _places(since, until)
        for listens, played_ms in [heard.get(day, SILENT)]
    ]
    weeks = (since.weekday() + len(days) + 6) // 7
    return Calendar(LEFT + weeks * STEP, days, _months(since, until, weeks))


@lru_cache(KEPT)
def days_from(since: date, until: date) -> list[date]:
    """Both in."""
    return [date.fromordinal(number) for number in range(since.toordinal(), until.toordinal() + 1)]


@lru_cache(KEPT)
def _places(since: date, until: date) -> list[tuple[int, int, date]]:
    """(x, y, day) of each: the same for everybody."""
    return [
        (LEFT + number // 7 * STEP, TOP + number % 7 * STEP, day)
        for number, day in enumerate(days_from(since, until), since.weekday())
    ]


@lru_cache(KEPT)
def _months(since: date, until: date, weeks: int) -> list[tuple[float, date]]:
    """Over the week with its first day; the month that `since` is in only where its name has room."""
    starts = [(x, day) for x, _y, day in _places(since, until) if day.day == 1 or day == since]
    spaced = [
        start
        for start, following in zip(starts, [*starts[1:], (LEFT + (weeks + 1) * STEP, None)], strict=True)
        if following[0] - start[0] >= LABEL_APART * STEP or start[1].day == 1
    ]
    return [start for start in spaced if start[0] <= LEFT + (weeks - 2) * STEP or len(spaced) == 1]
