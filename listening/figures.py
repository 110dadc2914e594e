"""What somebody listened to in a stretch of days, from sums that are kept: no page reads the history for it."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from listening import statements
from listening.columns import Columns, Part, part_by_name, part_of
from listening.counting import DIMENSIONS, TOTALS, Sum
from listening.models import FirstHeard, HeardName, Rollup
from listening.rollups import rows_of
from listening.statements import Span

Level = Rollup.Level
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Figures:
    """Of the days from `since` to `until`, both in. `discoveries`: tracks never listened to before."""

    since: date
    until: date
    total: Sum
    discoveries: int

    def each(self, what: str) -> Columns:
        """Of the tracks, artists, albums or genres, or of the clock: the hours of the week."""
        columns: Columns = getattr(self.total, what)
        return columns


class DayFigures(NamedTuple):
    day: date
    listens: int
    played_ms: int


def figures(user_id: int, *spans: Span) -> list[Figures]:
    """Of each stretch, as far as they are up to date: see listening.rollups.refresh."""
    stretches = _stretches(user_id, spans)
    # The clock is small, and whoever looks at figures looks at it, too.
    found = statements.sums(user_id, stretches, ["clock", *TOTALS])
    discoveries = statements.discoveries(user_id, spans)
    return [
        Figures(*span, _sum(user_id, parts, rows), new)
        for span, parts, rows, new in zip(spans, stretches, found, discoveries, strict=True)
    ]


def _sum(user_id: int, parts: Sequence[statements.Part], rows: Sequence[tuple[Any, ...]]) -> Sum:
    total: dict[str, Any] = {name: sum(row[at] for row in rows) for at, name in enumerate(TOTALS, 1)}
    total |= {name: Columns(_columns(user_id, parts, name)) for name in DIMENSIONS}
    return Sum(**total | {"clock": Columns(_read("clock", row[0]) for row in rows)})


def columns(user_id: int, whats: Sequence[str], *spans: Span) -> list[dict[str, Columns]]:
    """Those of the tracks, artists, albums or genres that are asked for, of each stretch."""
    found = statements.sums(user_id, _stretches(user_id, spans), whats)
    return [{what: Columns([_read(what, row[at]) for row in rows]) for at, what in enumerate(whats)} for rows in found]


def states_of(user_id: int, *spans: Span) -> list[Hashable]:
    """Of each stretch something else after any figure of its days has changed, but for the discoveries."""
    return [*statements.states_of_days(user_id, spans)]


def _columns(user_id: int, parts: Sequence[statements.Part], what: str) -> Iterator[Part]:
    """Asks when the first one is taken."""
    for (kept,) in statements.sums(user_id, [parts], [what])[0]:
        yield _read(what, kept)


def _read(what: str, kept: Any) -> Part:
    return part_by_name(kept) if what == "genres" else part_of(kept)


def first_day(user_id: int) -> date | None:
    """On which something was played."""
    return statements.edges(user_id)[0]


def days(user_id: int, since: date, until: date) -> list[DayFigures]:
    """Days on which something was played, the earliest first."""
    return list(map(DayFigures._make, statements.days(user_id, since, until)))


def days_heard(user_id: int) -> list[str]:
    """Days on which something was listened to as in ISO 8601, the earliest first."""
    return statements.days_heard(user_id)


def genres_by_month(user_id: int, since: date, until: date) -> list[tuple[date, Columns]]:
    """The first day of each month that has any, with listens and milliseconds of each genre, by slug."""
    months = statements.months(user_id, since.replace(day=1), until, "genres")
    return [(begin, Columns([part_by_name(kept)])) for begin, kept in months]


def artists_by_month(user_id: int, since: date, until: date) -> list[tuple[date, Columns]]:
    """As genres_by_month has them, by the artist's id."""
    months = statements.months(user_id, since.replace(day=1), until, "artists")
    return [(begin, Columns([part_of(kept)])) for begin, kept in months]


def discovered(user_id: int, since: date, until: date) -> set[int]:
    """Tracks that were listened to on one of the days for the first time."""
    first = FirstHeard.objects.filter(user_id=user_id, day__gte=since, day__lte=until)
    return set(first.values_list("track_id", flat=True))


def has_listens(user_id: int, level: Level, begin: date) -> bool:
    """In the day, month or year that begins then."""
    return rows_of(user_id, level).filter(begin=begin, listens__gt=0).exists()


def names(kind: str, ids: Iterable[int]) -> dict[int, HeardName]:
    """What those were called when they were heard."""
    return {name.target_id: name for name in HeardName.objects.filter(kind=kind, target_id__in=list(ids))}


def _stretches(user_id: int, spans: Sequence[Span]) -> list[list[statements.Part]]:
    edges = statements.edges(user_id)
    return [list(_fewest_parts(*edges, *span)) for span in spans]


def _fewest_parts(
    earliest: date | None, last: date | None, latest: date | None, since: date, until: date
) -> Iterator[statements.Part]:
    """Rounded up to whole years where that adds nothing, before the first day and after the last one."""
    if not earliest or not last or until < earliest or last < since:
        return
    if last <= until:
        until = last.replace(month=12, day=31)
    if since <= earliest:
        since = earliest.replace(month=1, day=1)
        if latest and since < latest <= until:
            yield Level.PAST, latest, latest
            since = latest
    yield from _parts(since, until)


def _parts(since: date, until: date) -> Iterator[statements.Part]:
    """Whole years, whole months beside them, and days at the edges."""
    after = until + DAY
    months = _first_at_or_after(since, 1), after.replace(day=1)
    if months[0] > months[1]:
        yield Level.DAY, since, until
        return
    years = _first_at_or_after(months[0], 12), after.replace(month=1, day=1)
    if years[0] >= years[1]:
        years = months[1], months[1]
    for level, first, end in (
        (Level.DAY, since, months[0]),
        (Level.MONTH, months[0], years[0]),
        (Level.YEAR, years[0], years[1]),
        (Level.MONTH, years[1], months[1]),
        (Level.DAY, months[1], after),
    ):
        if first < end:
            yield level, first, end - DAY


def _first_at_or_after(day: date, months: int) -> date:
    """The first day of a month, or of a year."""
    begin = day.replace(day=1) if months == 1 else day.replace(month=1, day=1)
    if begin == day:
        return day
    return (begin + timedelta(days=32 if months == 1 else 367)).replace(day=1, **({"month": 1} if months == 12 else {}))
