"""Alike by what they are: genres, artists, years. What there is before anybody has listened to anything."""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Features = Mapping[Hashable, float]


def closeness(wanted: Features, features: Features) -> float:
    """The cosine of the two, 0 to 1 where no weight is negative; nothing is close to nothing."""
    size = math.hypot(*wanted.values()) * math.hypot(*features.values())
    return sum(weight * features.get(name, 0) for name, weight in wanted.items()) / size if size else 0.0


def together(many: Iterable[Features]) -> Counter[Hashable]:
    """What they have, summed."""
    summed: Counter[Hashable] = Counter()
    for features in many:
        summed.update(features)
    return summed


def content_vectors(features: Sequence[Features]) -> "np.ndarray":
    """Of what there is without a model: one row each, of length 1, of how much of each feature it has."""
    import numpy as np

    columns = {name: place for place, name in enumerate(sorted({*chain.from_iterable(features)}, key=str))}
    vectors = np.zeros((len(features), max(1, len(columns))), dtype=np.float32)
    for row, weights in enumerate(features):
        for name, weight in weights.items():
            vectors[row, columns[name]] = weight
    return unit(vectors)


def unit(vectors: "np.ndarray") -> "np.ndarray":
    """Rows of length 1; those without any stay nothing."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)
