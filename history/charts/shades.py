SHADES = 5


def shade(value: int, most: int) -> int:
    """0 for nothing, else 1 to SHADES by the share of the most."""
    return 0 if value <= 0 or most <= 0 else max(1, -(-value * SHADES // most))
