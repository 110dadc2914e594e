"""A month or a year as a sequence of cards. What there is nothing to say about has no card."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format

from history.charts.bars import Bar, bars
from history.charts.dial import Wedge, dial
from history.charts.ranking import ranked
from history.charts.streaks import Streak, longest, streaks
from history.naming import Named
from history.numbers import LOOKED_THROUGH, WHATS, Difference, Numbers, Row, brought_up_to_date, today_of
from history.spans import Period, stretch
from listening.figures import DayFigures, artists_by_month, days, discovered, first_day
from users.access import anybody_here

PLACES = 5
A_DAY_MS = 24 * 60 * 60 * 1000
SEVERAL = 2


class Card(NamedTuple):
    """`kind` is the card's id on the page."""

    kind: str
    facts: Any

    @property
    def template(self) -> str:
        return f"history/review/_{self.kind}.html"


class Time(NamedTuple):
    """`minutes` is None where no listen says how long it lasted.

    `more`: compared with the same days of the period before, where the history has them all.
    """

    minutes: int | None
    listens: int
    days: float
    more: Difference | None


class Course(NamedTuple):
    """Minutes by month of a year, by day of a month. `steps`: what each bar is called, and the bar.

    `first`: the number of the month or day that the first bar is of; `highest` is "" where several are.
    """

    kind: str
    first: int
    steps: list[tuple[str, Bar]]
    highest: str


class Days(NamedTuple):
    heard: int
    of: int
    busiest: DayFigures | None
    streak: Streak | None


class Clock(NamedTuple):
    """`hour` is None and `weekday` "" where several have as much."""

    wedges: list[Wedge]
    hour: int | None
    weekday: str


class Found(NamedTuple):
    """`tracks` different ones by `artists`; where the history begins earlier, how many were `new` to it."""

    tracks: int
    artists: int
    new: int | None
    favourite: Row | None


@dataclass
class Review:
    """`dress` is what becomes of each name and picture before it is shown."""

    numbers: Numbers
    dress: Callable[[Named], Named] = field(default=lambda shown: shown)

    @property
    def period(self) -> Period:
        return self.numbers.period

    @property
    def is_over(self) -> bool:
        return self.numbers.today > self.period.until

    @property
    def is_empty(self) -> bool:
        return not self.numbers.figures.total.listens

    @property
    def dates(self) -> str:
        return stretch(self.numbers.since, self.numbers.until)

    @property
    def begins(self) -> date | None:
        """The day on which the history begins, if that is within the period."""
        begin = self.numbers.begin
        return begin if begin and self.period.since < begin <= self.period.until else None

    @cached_property
    def cards(self) -> list[Card]:
        made = [Card(kind, make()) for kind, make in self._makers.items()]
        return [card for card in made if card.facts]

    @property
    def sequence(self) -> list[tuple[Card, str]]:
        """Each card with the id of the next one, "" after the last."""
        following = [card.kind for card in self.cards[1:]]
        return list(zip(self.cards, [*following, ""], strict=True))

    @property
    def _makers(self) -> dict[str, Callable[[], Any]]:
        return {
            "time": self.time,
            "artists": lambda: self.top("artists"),
            "tracks": lambda: self.top("tracks"),
            "albums": lambda: self.top("albums"),
            "genres": lambda: self.top("genres"),
            "found": self.found,
            "course": self.course,
            "months": self.months,
            "days": self.days,
            "clock": self.clock,
        }

    def time(self) -> Time | None:
        total = self.numbers.figures.total
        if not total.listens:
            return None
        days_long = round(total.played_ms / A_DAY_MS, 1) if total.played_ms >= A_DAY_MS else 0
        minutes = total.played_ms // 60_000 if self.numbers.knows_time else None
        return Time(minutes, total.listens, days_long, self.numbers.difference("minutes"))

    def top(self, what: str) -> list[Row]:
        return [self._dressed(row) for row in self._tops[what][:PLACES]]

    @cached_property
    def _tops(self) -> dict[str, list[Row]]:
        return {what: self.numbers.top(what, LOOKED_THROUGH if what == "tracks" else PLACES) for what in WHATS}

    def found(self) -> Found | None:
        """What is new is known only where there is something before it; that nothing was is no card."""
        figures = self.numbers.figures
        tracks, artists = (
            sum(1 for listens in figures.each(what).listens.values() if listens) for what in ("tracks", "artists")
        )
        if tracks < SEVERAL:
            return None
        begin = self.numbers.begin
        if begin is None or begin >= self.period.since:
            return Found(tracks, artists, None, None)
        new = discovered(self.numbers.owner.pk, self.period.since, self.numbers.until)
        return Found(tracks, artists, len(new), self._first_of(new)) if new else None

    def _first_of(self, track_ids: set[int]) -> Row | None:
        """The first one, if the reader may know it: another is not in its place."""
        places = ranked(self.numbers.figures.each("tracks"), None, LOOKED_THROUGH)
        first = next((place.key for place in places if place.key in track_ids), None)
        return next((self._dressed(row) for row in self._tops["tracks"] if row.place.key == first), None)

    def course(self) -> Course | None:
        """Nothing where all was heard in one month of the year, or on one day of the month."""
        values = self._by_month if self.period.kind == "year" else self._by_day
        if sum(1 for _name, ms in values if ms) < SEVERAL:
            return None
        drawn = bars([ms // 60_000 for _name, ms in values])
        at = only_highest([ms for _name, ms in values])
        highest = values[at][0] if at is not None else ""
        since = self.numbers.since
        first = since.month if self.period.kind == "year" else since.day
        return Course(
            self.period.kind, first, [(name, bar) for (name, _ms), bar in zip(values, drawn, strict=True)], highest
        )

    def months(self) -> list[tuple[str, Named, int]]:
        """The first artist of each month of a year, with their listens; of months in which one may be named."""
        if self.period.kind != "year":
            return []
        first = []
        for month, sums in artists_by_month(self.numbers.owner.pk, self.numbers.since, self.numbers.until):
            at = only_highest(list(sums.values()))
            if at is not None and (listens := list(sums.values())[at][0]):
                first.append((month, list(sums)[at], listens))
        names = self.numbers.named("artists", {artist for _month, artist, _listens in first})
        rows = [
            (date_format(month, "F"), self.dress(names[artist]), listens)
            for month, artist, listens in first
            if artist in names
        ]
        return rows if len(rows) >= SEVERAL else []

    def days(self) -> Days | None:
        heard = [each for each in self._days if each.listens]
        if len(heard) < SEVERAL:
            return None
        streak = longest(streaks(each.day for each in heard))
        whole = (self.numbers.until - self.numbers.since).days + 1
        at = only_highest([each.played_ms for each in heard])
        busiest = heard[at] if at is not None else None
        return Days(len(heard), whole, busiest, streak if streak and streak.days >= SEVERAL else None)

    def clock(self) -> Clock | None:
        """One listen makes no habit, and a dial of no time shows none."""
        total = self.numbers.figures.total
        if total.listens < SEVERAL or not self.numbers.knows_time:
            return None
        wedges = dial(total.clock)
        weekdays = [sum(total.clock.get(day * 24 + hour, (0, 0))[1] for hour in range(24)) for day in range(7)]
        hour, weekday = only_highest([wedge.played_ms for wedge in wedges]), only_highest(weekdays)
        return Clock(wedges, hour, str(WEEKDAYS[weekday]) if weekday is not None else "")

    @cached_property
    def _days(self) -> list[DayFigures]:
        return days(self.numbers.owner.pk, self.numbers.since, self.numbers.until)

    @property
    def _by_month(self) -> list[tuple[str, int]]:
        heard: Counter[int] = Counter()
        for each in self._days:
            heard[each.day.month] += each.played_ms
        months = range(self.numbers.since.month, self.numbers.until.month + 1)
        return [(date_format(date(self.numbers.until.year, month, 1), "F"), heard[month]) for month in months]

    @property
    def _by_day(self) -> list[tuple[str, int]]:
        heard = {each.day: each.played_ms for each in self._days}
        since, until = self.numbers.since, self.numbers.until
        whole = [since.replace(day=day) for day in range(since.day, until.day + 1)]
        return [(date_format(day, "MONTH_DAY_FORMAT"), heard.get(day, 0)) for day in whole]

    def _dressed(self, row: Row) -> Row:
        return row._replace(named=self.dress(row.named))


def only_highest(values: Sequence[Any]) -> int | None:
    """Where the highest is, if no other is as high: of several none had the most."""
    at = max(range(len(values)), key=values.__getitem__, default=None)
    return None if at is None or values.count(values[at]) > 1 else at


def review_of(owner: Any, period: Period) -> Review:
    """One's own."""
    is_current = brought_up_to_date(owner)
    return Review(Numbers(owner, owner, period, today_of(owner), first_day(owner.pk), is_current))


def shared_review_of(owner: Any, period: Period) -> Review:
    """As everybody sees it, from the figures as they are kept: strangers let nothing be summed up or written."""
    begin = first_day(owner.pk)
    return Review(Numbers(owner, anybody_here(), period, today_of(owner), begin, is_current=True, is_shared=True))
