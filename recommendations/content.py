"""Alike by what they are: genres, artists, years. What there is before anybody has listened to anything."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Features = Mapping[str, float]


def closeness(wanted: Sequence[Features], features: Sequence[Features]) -> "np.ndarray":
    """(wanted, features): the cosine of each two, 0 to 1 where no weight is negative; nothing is close to nothing."""
    vectors = content_vectors([*wanted, *features])
    return vectors[: len(wanted)] @ vectors[len(wanted) :].T


def together(many: Iterable[Features]) -> Counter[str]:
    """What they have, summed."""
    summed: Counter[str] = Counter()
    for features in many:
        summed.update(features)
    return summed


def largest_in_common(wanted: Features, features: Features) -> tuple[str, float]:
    """The feature that brings the two closest, and its share of what does; they must have one in common."""
    terms = {name: wanted.get(name, 0) * weight for name, weight in features.items()}
    name = max(terms, key=terms.__getitem__)
    return name, terms[name] / sum(terms.values())


def content_vectors(features: Sequence[Features]) -> "np.ndarray":
    """Of what there is without a model: one row each, of length 1, of how much of each feature it has."""
    import numpy as np

    columns = {name: place for place, name in enumerate(sorted({*chain.from_iterable(features)}))}
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
