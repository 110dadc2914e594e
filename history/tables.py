"""The numbers as files that spreadsheets open."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Any

from history.numbers import LONG, Numbers, Row, knows_time
from listening.figures import Figures

# A cell that begins so is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def table_of(numbers: Numbers, what: str) -> list[list[Any]]:
    """Its head and its rows. Raises KeyError for what there is no table of."""
    return TABLES[what](numbers) if what in TABLES else _top(numbers, what)


def as_csv(rows: Iterable[Iterable[Any]]) -> str:
    file = StringIO()
    csv.writer(file).writerows([_harmless(cell) for cell in row] for row in rows)
    return file.getvalue()


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _top(numbers: Numbers, what: str) -> list[list[Any]]:
    head = ["rank", "name", "by", "listens", "played_ms", "rank_before", "movement"]
    return [head, *(_placed(row) for row in numbers.top(what, LONG))]


def _placed(row: Row) -> list[Any]:
    place, shown, (kind, _movement) = row
    return [place.rank, shown.name, shown.by, place.listens, place.played_ms, place.was if kind else None, kind]


def _totals(numbers: Numbers) -> list[list[Any]]:
    """`before` is empty where there is nothing to compare with."""
    now, before = _amounts(numbers.figures), _amounts(numbers.before) if numbers.before else {}
    return [["figure", "amount", "before"], *([name, amount, before.get(name)] for name, amount in now.items())]


def _amounts(figures: Figures) -> dict[str, Any]:
    total = figures.total
    return {
        "played_ms": total.played_ms if knows_time(figures) else None,
        "listens": total.listens,
        "discoveries": figures.discoveries,
        "plays": total.plays,
        "finished_percent": _percent(total.completed, total.plays),
        "skipped_percent": _percent(total.skipped, total.plays),
    }


def _percent(share: int, whole: int) -> float | None:
    return round(100 * share / whole, 1) if whole else None


def _streaks(numbers: Numbers) -> list[list[Any]]:
    rows = [[streak.since.isoformat(), streak.until.isoformat(), streak.days] for streak in numbers.streaks]
    return [["since", "until", "days"], *rows]


def _clock(numbers: Numbers) -> list[list[Any]]:
    cells = [[WEEKDAYS[cell.weekday], cell.hour, cell.listens, cell.played_ms] for cell in numbers.clock]
    return [["weekday", "hour", "listens", "played_ms"], *cells]


def _days(numbers: Numbers) -> list[list[Any]]:
    rows = [[day.day.isoformat(), day.listens, day.played_ms] for day in numbers.calendar.days]
    return [["day", "listens", "played_ms"], *rows]


def _months(numbers: Numbers) -> list[list[Any]]:
    head = ["month", *(name for _band, name in numbers.river)]
    months = [month for month, _genres in numbers.months]
    columns = [band.values for band, _name in numbers.river]
    return [head, *([month.strftime("%Y-%m"), *values] for month, *values in zip(months, *columns, strict=True))]


TABLES = {"totals": _totals, "clock": _clock, "streaks": _streaks, "days": _days, "genres-by-month": _months}
