"""Amounts side by side, as upright bars."""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 720, 240
FILLED = 0.72
ROUND = 6


class Bar(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    value: int
    is_highest: bool


def bars(values: Sequence[int]) -> list[Bar]:
    """One for each value from left to right; the highest fills HEIGHT, and what is not 0 can be seen."""
    highest = max(values, default=0)
    step = WIDTH / max(1, len(values))
    return [_bar(number, value, highest, step) for number, value in enumerate(values)]


def _bar(number: int, value: int, highest: int, step: float) -> Bar:
    height = max(ROUND, HEIGHT * value / highest) if value else 0
    x = number * step + step * (1 - FILLED) / 2
    return Bar(
        round(x, 1), round(HEIGHT - height, 1), round(step * FILLED, 1), round(height, 1), value, 0 < value == highest
    )
