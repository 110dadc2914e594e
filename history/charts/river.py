"""What was listened to over time as bands that lie on each other, as wide as the time that each took."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

WIDTH, HEIGHT = 720, 240
BANDS = 6
OTHERS = ""


class Band(NamedTuple):
    """`path` is an SVG path; `values` has a number for each step."""

    key: str
    path: str
    values: list[int]

    @property
    def total(self) -> int:
        return sum(self.values)


def river(steps: Sequence[Mapping[str, int]]) -> list[Band]:
    """Bands from the bottom up, the largest first; what has no band of its own is together in OTHERS, last.

    The highest pile fills HEIGHT. One step alone is drawn as a straight bar.
    """
    keys = dict.fromkeys(key for step in steps for key in step)
    rows = {key: [step.get(key, 0) for step in steps] for key in keys}
    totals = {key: sum(row) for key, row in rows.items()}
    named = [key for key, total in sorted(totals.items(), key=lambda each: (-each[1], each[0])) if total][:BANDS]
    values = [rows.pop(key) for key in named]
    rest = [sum(column) for column in zip(*rows.values(), strict=True)]
    if any(rest):
        named, values = [*named, OTHERS], [*values, rest]
    return _stacked(named, values)


def _stacked(keys: list[str], values: list[list[int]]) -> list[Band]:
    highest = max(map(sum, zip(*values, strict=True)), default=0)
    floor = [0] * (len(values[0]) if values else 0)
    below, outline = _heights(floor, highest), _outline(max(2, len(floor)))
    bands = []
    for key, row in zip(keys, values, strict=True):
        floor = [under + value for under, value in zip(floor, row, strict=True)]
        above = _heights(floor, highest)
        bands.append(Band(key, outline % (*_stations(above), *_stations(below[::-1])), row))
        below = above
    return bands


def _heights(values: list[int], highest: int) -> list[str]:
    values = values * 2 if len(values) == 1 else values
    return [f"{round(HEIGHT * (1 - value / highest), 1):g}" for value in values]


def _stations(heights: list[str]) -> Iterator[str]:
    """As _outline asks for them from one end to the other."""
    yield heights[0]
    for before, after in pairwise(heights):
        yield from (before, after, after)


@lru_cache
def _outline(steps: int) -> str:
    """The path of a band over so many steps, there and back, that waits for its heights.

    Level at each point, so that no band rises above its numbers.
    """
    across = [round(step * WIDTH / (steps - 1), 1) for step in range(steps)]
    return f"M{_curve(across)}L{_curve(across[::-1])}Z"


def _curve(across: list[float]) -> str:
    middles = ((x0 + x1) / 2 for x0, x1 in pairwise(across))
    curves = (f"C{middle:g},%s {middle:g},%s {x:g},%s" for middle, x in zip(middles, across[1:], strict=True))
    return f"{across[0]:g},%s{''.join(curves)}"
