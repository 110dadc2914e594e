from collections.abc import Iterable
from datetime import date, timedelta
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
    found: list[Streak] = []
    for day in days:
        if found and day - found[-1].until == timedelta(days=1):
            found[-1] = Streak(found[-1].since, day)
        else:
            found.append(Streak(day, day))
    return found


def longest(found: Iterable[Streak]) -> Streak | None:
    """Of equal ones the latest."""
    return max(found, key=lambda streak: (streak.days, streak.until), default=None)


def current(found: list[Streak], today: date) -> Streak | None:
    """The one that lasts: until today, or until yesterday as long as today may still join it."""
    return found[-1] if found and today - found[-1].until <= timedelta(days=1) else None
