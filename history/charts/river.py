"""What was listened to over time as bands that lie on each other, as wide as the time that each took."""

from collections import Counter
from collections.abc import Mapping, Sequence
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
    totals: Counter[str] = Counter()
    for step in steps:
        totals.update(step)
    named = [key for key, total in sorted(totals.items(), key=lambda each: (-each[1], each[0])) if total][:BANDS]
    values = [[step.get(key, 0) for step in steps] for key in named]
    rest = [sum(step.values()) - sum(step.get(key, 0) for key in named) for step in steps]
    if any(rest):
        named, values = [*named, OTHERS], [*values, rest]
    return _stacked(named, values)


def _stacked(keys: list[str], values: list[list[int]]) -> list[Band]:
    highest = max(map(sum, zip(*values, strict=True)), default=0)
    floor = [0] * (len(values[0]) if values else 0)
    bands = []
    for key, row in zip(keys, values, strict=True):
        roof = [below + value for below, value in zip(floor, row, strict=True)]
        bands.append(Band(key, _outline(_scaled(roof, highest), _scaled(floor, highest)), row))
        floor = roof
    return bands


def _scaled(heights: list[int], highest: int) -> list[tuple[float, float]]:
    heights = heights * 2 if len(heights) == 1 else heights
    apart = WIDTH / (len(heights) - 1)
    return [(round(step * apart, 1), round(HEIGHT * (1 - height / highest), 1)) for step, height in enumerate(heights)]


def _outline(roof: list[tuple[float, float]], floor: list[tuple[float, float]]) -> str:
    back = floor[::-1]
    return f"M{_at(roof[0])}{_curve(roof)}L{_at(back[0])}{_curve(back)}Z"


def _curve(points: list[tuple[float, float]]) -> str:
    """Level at each point, so that no band rises above its numbers."""
    return "".join(
        f"C{(x0 + x1) / 2:g},{y0:g} {(x0 + x1) / 2:g},{y1:g} {x1:g},{y1:g}" for (x0, y0), (x1, y1) in pairwise(points)
    )


def _at(point: tuple[float, float]) -> str:
    return f"{point[0]:g},{point[1]:g}"
