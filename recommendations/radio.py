"""What a radio plays next."""

import math
from collections.abc import Hashable, Mapping
from random import Random
from typing import TypeVar

from recommendations.mixes import apart

H = TypeVar("H", bound=Hashable)

LOOKED_AT = 4


def drawn(
    scores: Mapping[int, float], artist_of: Mapping[int, int], limit: int, rng: Random, *, spread: float, gap: int
) -> list[int]:
    """At most `limit` tracks, the better ones more likely and earlier: exp(score / spread) to one, without putting back
    (the Gumbel-max way of Efraimidis and Spirakis, 2006). `gap` others between two of one artist, where there are.
    """
    luck = {pk: score / spread - math.log(-math.log(rng.random() or 0.5)) for pk, score in sorted(scores.items())}
    best = sorted(luck, key=lambda pk: -luck[pk])[: LOOKED_AT * limit]
    return apart(best, artist_of, gap)[:limit]


def evened(scores: Mapping[H, float]) -> dict[H, float]:
    """From 0 to 1, so that scores of any kind can be drawn from, or added up."""
    if not scores:
        return {}
    least, most = min(scores.values()), max(scores.values())
    return {pk: (score - least) / (most - least) if most > least else 1.0 for pk, score in scores.items()}
