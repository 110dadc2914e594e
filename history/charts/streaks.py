from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple


class Streak(NamedTuple):
    """Days one after another, both ends in."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1


def streaks(days: Iterable[date]) -> list[Streak]:
    """All of them, from days in order."""
    numbers = [day.toordinal() for day in days]
    breaks = [(before, day) for before, day in pairwise(numbers) if day != before + 1]
    begins, ends = [*numbers[:1], *(day for _, day in breaks)], [*(before for before, _ in breaks), *numbers[-1:]]
    return [Streak(*map(date.fromordinal, ends_of)) for ends_of in zip(begins, ends, strict=True)]


def longest(found: Iterable[Streak]) -> Streak | None:
    """Of equal ones the latest."""
    return max(found, key=lambda streak: (streak.days, streak.until), default=None)


def current(found: list[Streak], today: date) -> Streak | None:
    """The one that lasts: until today, or until yesterday as long as today may still join it."""
    return found[-1] if found and today - found[-1].until <= timedelta(days=1) else None
