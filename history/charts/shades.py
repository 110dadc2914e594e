from collections.abc import Iterable

SHADES = 5
DARKEST_PERCENT = 5


def shade(value: int, most: int) -> int:
    """0 for nothing, else 1 to SHADES by the share of the most; more than the most is as dark."""
    if value <= 0 or most <= 0:
        return 0
    return SHADES if value >= most else -(-value * SHADES // most)


def most_of(values: Iterable[int]) -> int:
    """What all but the highest few reach, so that one long party does not leave every other day pale."""
    ranked = sorted(value for value in values if value > 0)
    return ranked[-1 - len(ranked) * DARKEST_PERCENT // 100] if ranked else 0
