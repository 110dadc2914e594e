"""Figures of some listens: sums, that can be added up and taken away again exactly."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from listening.listen import Listen

# Of each id (slug of a genre, hour of the week): listens, and milliseconds played.
Sums = Mapping[Any, tuple[int, int]]

TOTALS = ("plays", "listens", "played_ms", "completed", "skipped")
NUMBERED = ("tracks", "artists", "albums", "clock")
DIMENSIONS = (*NUMBERED, "genres")


@dataclass
class Sum:
    """`plays` were begun, `listens` count. `clock` goes by the hour of the week: Monday from 0:00 is 0."""

    plays: int = 0
    listens: int = 0
    played_ms: int = 0
    completed: int = 0
    skipped: int = 0
    tracks: Sums = field(default_factory=dict)
    artists: Sums = field(default_factory=dict)
    albums: Sums = field(default_factory=dict)
    genres: Sums = field(default_factory=dict)
    clock: Sums = field(default_factory=dict)

    def add(self, other: "Sum") -> None:
        for name in TOTALS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in DIMENSIONS:
            _add(getattr(self, name), getattr(other, name))

    def take_away(self, part: "Sum") -> None:
        """What was added before."""
        for name in TOTALS:
            setattr(self, name, getattr(self, name) - getattr(part, name))
        for name in DIMENSIONS:
            _take_away(getattr(self, name), getattr(part, name))


def sum_of(listens: Iterable[Listen], zone: tzinfo) -> Sum:
    """Of listens by the hour, on the clock of the zone, in which they began."""
    total = Sum()
    sums: dict[str, dict[Any, list[int]]] = {name: defaultdict(lambda: [0, 0]) for name in DIMENSIONS}
    for listen in listens:
        counted = int(listen.heard)
        total.plays += 1
        total.listens += counted
        total.played_ms += listen.played_ms
        total.completed += int(listen.completed)
        total.skipped += int(listen.skipped)
        began = listen.started_at.astimezone(zone)
        keys = [
            ("tracks", listen.track_id),
            ("artists", listen.artist_id),
            ("clock", began.weekday() * 24 + began.hour),
            *(("genres", slug) for slug in listen.genres),
        ]
        if listen.album_id:
            keys.append(("albums", listen.album_id))
        for name, key in keys:
            entry = sums[name][key]
            entry[0] += counted
            entry[1] += listen.played_ms
    for name, of_each in sums.items():
        setattr(total, name, {key: (counted, ms) for key, (counted, ms) in of_each.items() if counted or ms})
    return total


def midnights(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first and the last moment, in UTC, that may be the day's beginning there.

    Clocks that go back at midnight, or just after it, strike it twice; those that go forward over it, never.
    """
    first, second = (datetime.combine(day, time.min, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return min(first, second), max(first, second)


def days_around(utc_day: date, zone: tzinfo) -> set[date]:
    """The days of the zone that share a moment with the day in UTC."""
    return {datetime.combine(utc_day, at, UTC).astimezone(zone).date() for at in (time.min, time.max)}


def _add(sums: dict[Any, tuple[int, int]], other: Sums) -> None:
    if not sums:
        sums.update(other)
        return
    known = sums.get
    sums.update(
        {
            key: (before[0] + entry[0], before[1] + entry[1]) if (before := known(key)) else entry
            for key, entry in other.items()
        }
    )


def _take_away(sums: dict[Any, tuple[int, int]], other: Sums) -> None:
    for key, (listens, ms) in other.items():
        before = sums[key]
        left = (before[0] - listens, before[1] - ms)
        if left == (0, 0):
            del sums[key]
        else:
            sums[key] = left
