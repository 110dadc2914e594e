"""The hours of a day around a dial, midnight on top: the longer the wedge, the more was heard."""

from collections.abc import Mapping
from math import cos, pi, sin
from typing import NamedTuple

SIDE = 320
MIDDLE, HUB, RIM = SIDE / 2, 44, 148
HOURS = 24
GAP = 0.02
# Just inside the rim, where the hours are written.
LABELS = ((0, 160, 24), (6, 302, 164), (12, 160, 304), (18, 18, 164))


class Wedge(NamedTuple):
    """`path` is an SVG path; `hour` begins at that hour."""

    path: str
    hour: int
    listens: int
    played_ms: int
    is_longest: bool


def dial(hours_of_week: Mapping[int, tuple[int, int]]) -> list[Wedge]:
    """24 wedges from listens and milliseconds by the hour of the week, as long as the time."""
    sums = [(0, 0)] * HOURS
    for hour_of_week, (listens, ms) in hours_of_week.items():
        hour = hour_of_week % HOURS
        sums[hour] = (sums[hour][0] + listens, sums[hour][1] + ms)
    longest = max(ms for _listens, ms in sums)
    return [
        Wedge(_path(hour, ms / longest if longest else 0), hour, listens, ms, 0 < ms == longest)
        for hour, (listens, ms) in enumerate(sums)
    ]


def _path(hour: int, share: float) -> str:
    radius = HUB + max(share * (RIM - HUB), 3)
    begin, end = (2 * pi * (hour / HOURS) + GAP, 2 * pi * ((hour + 1) / HOURS) - GAP)
    inner, outer = (
        [f"{MIDDLE + r * sin(at):.1f},{MIDDLE - r * cos(at):.1f}" for at in (begin, end)] for r in (HUB, radius)
    )
    return f"M{inner[0]}L{outer[0]}A{radius:.1f},{radius:.1f} 0 0 1 {outer[1]}L{inner[1]}A{HUB},{HUB} 0 0 0 {inner[0]}Z"
