"""A week's hours as a grid: weekdays down, hours across."""

from collections.abc import Mapping
from typing import NamedTuple

from history.charts.shades import most_of, shade

HOURS = 7 * 24
WIDTH, LEFT, TOP, ACROSS, DOWN, GAP = 360, 36, 20, 13.5, 22, 2
HEIGHT = TOP + 7 * DOWN


class Cell(NamedTuple):
    x: float
    y: float
    shade: int
    weekday: int
    hour: int
    listens: int
    played_ms: int


def clock(hours: Mapping[int, tuple[int, int]]) -> list[Cell]:
    """168 cells from listens and milliseconds by the hour of the week, Monday from 0:00 first; shaded by the time."""
    most = most_of(ms for _listens, ms in hours.values())
    return [_cell(hour, *hours.get(hour, (0, 0)), most) for hour in range(HOURS)]


def _cell(hour_of_week: int, listens: int, played_ms: int, most: int) -> Cell:
    weekday, hour = divmod(hour_of_week, 24)
    return Cell(LEFT + hour * ACROSS, TOP + weekday * DOWN, shade(played_ms, most), weekday, hour, listens, played_ms)
