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


def streaks(days: Iterable[date | str]) -> list[Streak]:
    """All of them, from days in order, which may be texts as in ISO 8601."""
    import numpy as np  # a date at a time took ten times as long, and a long history has thousands

    in_order = np.array([*days], "datetime64[D]")
    is_break = np.diff(in_order) != np.timedelta64(1, "D")
    begins, ends = in_order[:1], in_order[-1:]
    begins, ends = np.append(begins, in_order[1:][is_break]), np.append(in_order[:-1][is_break], ends)
    return [*map(Streak, begins.tolist(), ends.tolist())]


def longest(found: Iterable[Streak]) -> Streak | None:
    """Of equal ones the latest."""
    return max(found, key=lambda streak: (streak.days, streak.until), default=None)


def current(found: list[Streak], today: date) -> Streak | None:
    """The one that lasts: until today, or until yesterday as long as today may still join it."""
    return found[-1] if found and today - found[-1].until <= timedelta(days=1) else None
