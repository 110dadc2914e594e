from collections import Counter
from datetime import date, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from listening.figures import _parts
from listening.models import Rollup
from listening.rollups import _begin

DAY = timedelta(days=1)
days = st.dates(date(2023, 1, 1), date(2026, 12, 31))
# A month without a day and eleven months at either end, and years.
MOST_ROWS = 2 * (30 + 11) + 4


def days_of(level: str, first: date, last: date) -> list[date]:
    """Those of all rows of that level that begin from the first to the last."""
    everything = [date(2022, 1, 1) + DAY * number for number in range(6 * 365)]
    return [day for day in everything if first <= (day if level == "day" else _begin(day, level)) <= last]


@settings(deadline=None)
@given(days, days)
@example(date(2025, 2, 3), date(2025, 11, 20))
@example(date(2026, 10, 2), date(2026, 10, 30))
@example(date(2024, 2, 2), date(2024, 3, 30))
def test_the_parts_of_a_stretch_are_each_of_its_days_once_and_nothing_else(one: date, other: date) -> None:
    since, until = sorted([one, other])
    added: Counter[date] = Counter()
    for level, first, last in _parts(since, until):
        added.update(days_of(level, first, last))
    assert added == {since + DAY * number: 1 for number in range((until - since).days + 1)}


@settings(deadline=None)
@given(days, days)
def test_few_rows_are_read_however_long_a_stretch_is(one: date, other: date) -> None:
    since, until = sorted([one, other])
    rows = 0
    for level, first, last in _parts(since, until):
        whole = days_of(level, first, last)
        rows += len(whole) if level == Rollup.Level.DAY else len({_begin(day, level) for day in whole})
    assert rows <= MOST_ROWS
