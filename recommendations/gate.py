"""Whether a new model may take the place of what serves."""

import math
from collections.abc import Sequence


def is_no_worse(new: Sequence[float], old: Sequence[float]) -> bool:
    """Of two qualities for the same listeners: on average not lower by more than one standard error.

    Of few listeners a chance hit decides; what is lower for most of many is lower.
    """
    differences = [mine - theirs for mine, theirs in zip(new, old, strict=True)]
    if not differences:
        return True
    mean = math.fsum(differences) / len(differences)
    spread = math.fsum((each - mean) ** 2 for each in differences) / max(1, len(differences) - 1)
    return mean >= -math.sqrt(spread / len(differences))
