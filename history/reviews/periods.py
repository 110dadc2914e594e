"""Months and years that can be looked back at."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from history.spans import Period, around, named_period
from listening.figures import DayFigures, has_listens
from listening.models import Rollup

KINDS = {"month": Rollup.Level.MONTH, "year": Rollup.Level.YEAR}
FRESH_DAYS = 7


class Heard(NamedTuple):
    """A month or year in which something was listened to."""

    period: Period
    listens: int
    played_ms: int


def reviewable(said: str) -> Period | None:
    """The month or year of that name, "2026-11" or "2026"."""
    period = named_period(said)
    return period if period and period.kind in KINDS else None


def heard_by(kind: str, days: Iterable[DayFigures]) -> list[Heard]:
    """Of days in order, the latest first. `kind`: month or year."""
    sums: dict[Period, list[int]] = {}
    for each in days:
        total = sums.setdefault(around(kind, each.day), [0, 0])
        total[0] += each.listens
        total[1] += each.played_ms
    return [Heard(period, *total) for period, total in reversed(sums.items()) if total[0]]


def just_over(user_id: int, today: date) -> Period | None:
    """The year all through January, a month in the first week after it, if something was listened to in it."""
    kind = "year" if today.month == 1 else "month"
    if kind == "month" and today.day > FRESH_DAYS:
        return None
    period = around(kind, around(kind, today).since - timedelta(days=1))
    return period if has_listens(user_id, KINDS[kind], period.since) else None
