"""The shape of a recording as a picture of at most 2 KB."""

from collections.abc import Sequence
from itertools import pairwise

MOST_DRAWN = 150
HALF_HEIGHT = 50
LEAST = 2


def waveform_svg(bars: Sequence[int]) -> str:
    """Bars (0 to 255) as strokes around a middle line, the loudest as high as the picture; without bars the line."""
    strokes = "".join(f"M{at} {HALF_HEIGHT - half}v{2 * half}" for at, half in enumerate(map(_half, _fewer(bars))))
    width = max(1, min(len(bars), MOST_DRAWN))
    path = strokes or f"M0 {HALF_HEIGHT}h1"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-.5 0 {width} {2 * HALF_HEIGHT}" preserveAspectRatio="none">'
        f'<path d="{path}" stroke="#000" stroke-width="{".6" if strokes else "4"}"/></svg>'
    )


def _half(bar: int) -> int:
    return max(LEAST, round(bar / 255 * HALF_HEIGHT))


def _fewer(bars: Sequence[int]) -> list[int]:
    """At most MOST_DRAWN, each the highest of its part."""
    count = min(MOST_DRAWN, len(bars))
    edges = [len(bars) * bar // count for bar in range(count + 1)] if count else []
    return [max(bars[start:end]) for start, end in pairwise(edges)]
