"""A listener's numbers of one period, as a reader sees them."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from history.charts import calendar, clock, river
from history.charts.ranking import Place, ranked
from history.charts.streaks import Streak, current, longest, streaks
from history.naming import Named, named
from history.spans import Period, around, period_of, stretch
from listening.deleting import deletions_of
from listening.figures import (
    DayFigures,
    Figures,
    columns,
    days,
    days_heard,
    figures,
    first_day,
    genres_by_month,
    states_of,
)
from listening.rollups import refresh

SHORT, LONG = 10, 100
KEPT = 256
Span = tuple[date, date]
WHOLE: Span = (date.min, date.max)
# A reader who may not see all that another heard is shown the first ones that they may.
LOOKED_THROUGH = 100
WHATS = {
    "tracks": gettext_lazy("Top tracks"),
    "artists": gettext_lazy("Top artists"),
    "albums": gettext_lazy("Top albums"),
    "genres": gettext_lazy("Top genres"),
}


class Row(NamedTuple):
    place: Place
    named: Named
    movement: tuple[str, str]


class Difference(NamedTuple):
    """From what it was before: `change` in words, `kind` up, down or same."""

    kind: str
    change: str


@dataclass
class Numbers:
    """Of `owner`, for `reader`. `begin`: the first day of their history; `is_current`: no figure is out of date.

    `is_shared`: the owner shows them to the reader themselves.
    """

    owner: Any
    reader: Any
    period: Period
    today: date
    begin: date | None
    is_current: bool
    is_shared: bool = False

    @property
    def is_own(self) -> bool:
        return bool(self.owner.pk == self.reader.pk)

    @property
    def since(self) -> date:
        return max(self.period.since, self.begin or self.period.since)

    @property
    def until(self) -> date:
        return max(min(self.period.until, self.today), self.period.since)

    @property
    def figures(self) -> Figures:
        return self._figures[0]

    @cached_property
    def _figures(self) -> list[Figures]:
        """Of the period, and of what it is compared with."""
        return figures(self.owner.pk, *self._spans)

    @cached_property
    def compared(self) -> Period | None:
        """As many days of the period before as have passed of this one, if there is a history of them all."""
        before = self.period.before()
        if before is None or self.begin is None or before.since < self.begin:
            return None
        passed = (self.until - self.period.since).days
        last = before.until if self.until == self.period.until else before.since + timedelta(days=passed)
        return Period("range", before.since, min(last, before.until))

    @property
    def before(self) -> Figures | None:
        return self._figures[1] if self.compared else None

    @cached_property
    def _spans(self) -> list[Span]:
        span = (self.period.since, self.until)
        return [span, (self.compared.since, self.compared.until)] if self.compared else [span]

    def _state(self, span: Span) -> Hashable:
        return self._states[self._widened(span)]

    @cached_property
    def _states(self) -> dict[Span, Hashable]:
        """Of all stretches of days that something is remembered of."""
        spans = {self._widened(span) for span in (*self._spans, WHOLE, self._whole_months)}
        return dict(zip(spans, states_of(self.owner.pk, *spans), strict=True))

    def _widened(self, span: Span) -> Span:
        """With all that is before the first day, or after today, so that fewer stretches are asked about."""
        since, until = span
        first, last = WHOLE
        return (first if self.begin and since <= self.begin else since, last if until >= self.today else until)

    @property
    def range_in_words(self) -> str:
        if self.begin and self.begin > self.period.until:
            return stretch(self.period.since, self.until)
        if (self.begin and self.period.since < self.begin) or self.period.kind == "all":
            since = date_format(self.since, "DATE_FORMAT")
            return _("%(dates)s: since %(since)s, when the history begins") % {
                "dates": stretch(self.since, self.until),
                "since": since,
            }
        return stretch(self.since, self.until)

    @property
    def compared_in_words(self) -> str:
        return stretch(self.compared.since, self.compared.until) if self.compared else ""

    @property
    def knows_time(self) -> bool:
        return knows_time(self.figures)

    @property
    def has_unknown_times(self) -> bool:
        """Whether there are tracks of whose listens none says how long it lasted."""
        span = self._spans[0]
        return _has_unknown_times(self._state(span), self.owner.pk, span)

    def difference(self, name: str) -> Difference | None:
        """In `listens`, `minutes` or `discoveries`."""
        if self.before is None or (name == "minutes" and not (knows_time(self.figures) and knows_time(self.before))):
            return None
        change = amount(self.figures, name) - amount(self.before, name)
        if change == 0:
            return Difference("same", _("as many"))
        kind = "up" if change > 0 else "down"
        words = _("%s more") if change > 0 else _("%s fewer")
        return Difference(kind, words % number_format(abs(change), use_l10n=True, force_grouping=True))

    def named(self, what: str, keys: Iterable[Any]) -> dict[Any, Named]:
        return named(self.reader, what, keys, is_own=self.is_own, is_shared=self.is_shared)

    def tops(self) -> dict[str, list[Row]]:
        """The first ones of all that there are tops of."""
        return {what: self.top(what, whats=tuple(WHATS)) for what in WHATS}

    def top(self, what: str, count: int = SHORT, whats: tuple[str, ...] = ()) -> list[Row]:
        """`whats`: what others are asked for as well, so that they are read together."""
        places = self._places(what, count if self.is_own else LOOKED_THROUGH, whats or (what,))
        names = self.named(what, [place.key for place in places])
        rows = [
            Row(place, names[place.key], movement(place) if self.compared else ("", ""))
            for place in places
            if place.key in names
        ]
        return rows[:count]

    def _places(self, what: str, count: int, whats: tuple[str, ...]) -> list[Place]:
        states = tuple(self._state(span) for span in self._spans)
        return _places_of(states, self.owner.pk, whats, count, *self._spans)[what]

    @cached_property
    def streaks(self) -> list[Streak]:
        return _streaks_of(self._state(WHOLE), self.owner.pk)

    @property
    def longest_streak(self) -> Streak | None:
        return longest(self.streaks)

    @property
    def current_streak(self) -> Streak | None:
        return current(self.streaks, self.today)

    @cached_property
    def clock(self) -> list[clock.Cell]:
        return clock.clock(self.figures.total.clock)

    @cached_property
    def calendar(self) -> calendar.Calendar:
        """The year that is asked for, or twelve months up to the end of the period."""
        heard = {day: (listens, played_ms) for day, listens, played_ms in self.heard_in_year}
        return calendar.calendar(heard, *self.year)

    @cached_property
    def heard_in_year(self) -> list[DayFigures]:
        return days(self.owner.pk, *self.year)

    @property
    def year(self) -> tuple[date, date]:
        if self.period.kind == "year":
            return self.period.since, self.period.until
        return self.until - timedelta(days=364), self.until

    @cached_property
    def months(self) -> list[tuple[date, Mapping[str, int]]]:
        """Milliseconds by genre, of every month in the year above or of all time, also of silent ones."""
        return _months_of(*self._stretch_of_months)

    @cached_property
    def river(self) -> list[tuple[river.Band, str]]:
        bands = _bands_of(*self._stretch_of_months)
        names = self.named("genres", [band.key for band in bands if band.key])
        return [(band, names[band.key].name if band.key in names else _("Others")) for band in bands]

    @property
    def _stretch_of_months(self) -> tuple[Hashable, int, date, date]:
        return self._state(self._whole_months), self.owner.pk, *self._span_of_months

    @cached_property
    def _span_of_months(self) -> Span:
        since, until = (self.since, self.until) if self.period.kind in ("all", "range") else self.year
        return max(since, self.begin or since).replace(day=1), min(until, self.today)

    @property
    def _whole_months(self) -> Span:
        """The sums of a month have all of its days."""
        since, until = self._span_of_months
        return since, around("month", until).until


# What follows is remembered by the state of the days that it was made of, which whoever asks has to tell.


@lru_cache(KEPT)
def _places_of(
    states: Hashable, user_id: int, whats: tuple[str, ...], count: int, *spans: Span
) -> dict[str, list[Place]]:
    """`spans`: what is ranked, and what it is compared with, if anything."""
    now, *before = columns(user_id, whats, *spans)
    return {what: ranked(now[what], before[0][what] if before else None, count) for what in whats}


@lru_cache(KEPT)
def _has_unknown_times(state: Hashable, user_id: int, span: Span) -> bool:
    _keys, listens, played_ms = columns(user_id, ("tracks",), span)[0]["tracks"].arrays
    return bool(((listens > 0) & (played_ms == 0)).any())


@lru_cache(KEPT)
def _streaks_of(state: Hashable, user_id: int) -> list[Streak]:
    return streaks(days_heard(user_id))


@lru_cache(KEPT)
def _months_of(state: Hashable, user_id: int, since: date, until: date) -> list[tuple[date, Mapping[str, int]]]:
    found = {month: genres.played_ms for month, genres in genres_by_month(user_id, since, until)}
    return [(month, found.get(month, {})) for month in _months(since, until)]


@lru_cache(KEPT)
def _bands_of(state: Hashable, user_id: int, since: date, until: date) -> list[river.Band]:
    return river.river([genres for _month, genres in _months_of(state, user_id, since, until)])


def forget() -> None:
    """As a new process: of another database with the same states."""
    for remembered in (_places_of, _has_unknown_times, _streaks_of, _months_of, _bands_of):
        remembered.cache_clear()


def numbers_of(owner: Any, reader: Any, parameters: Mapping[str, str]) -> Numbers:
    is_current = brought_up_to_date(owner)
    today = today_of(owner)
    begin = first_day(owner.pk)
    return Numbers(owner, reader, period_of(parameters, today, begin or today), today, begin, is_current)


def brought_up_to_date(owner: Any) -> bool:
    """As far as a page may wait; whether all is. What was deleted is in the figures for as long as it can come back."""
    return refresh(owner.pk, owner.profile.time_zone) and not deletions_of(owner.pk)


def today_of(owner: Any) -> date:
    """By their own clock."""
    return timezone.localdate(timezone=ZoneInfo(owner.profile.time_zone))


def amount(of: Figures, name: str) -> int:
    if name == "discoveries":
        return of.discoveries
    return of.total.listens if name == "listens" else of.total.played_ms // 60_000


def knows_time(of: Figures) -> bool:
    """Listens that came without a length say nothing of it."""
    return bool(of.total.played_ms or not of.total.listens)


def movement(place: Place) -> tuple[str, str]:
    """(new, up, down or same; in words)"""
    if place.was is None:
        return "new", _("New")
    steps = place.was - place.rank
    if steps == 0:
        return "same", _("As before")
    words = (
        ngettext("Up %d place", "Up %d places", steps)
        if steps > 0
        else ngettext("Down %d place", "Down %d places", -steps)
    )
    return ("up" if steps > 0 else "down"), words % abs(steps)


def _months(since: date, until: date) -> list[date]:
    months = range(since.year * 12 + since.month - 1, until.year * 12 + until.month)
    return [date(number // 12, number % 12 + 1, 1) for number in months]
