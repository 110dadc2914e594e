"""Listeners near somebody of whom little is known: those of the same favourites, and those who like the same tracks."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from recommendations.ease import damped, normalised
from recommendations.facts import Floats, Positions

# The nearest say much more; and those who share a track say more when the favourites agree as well.
SHARPNESS = 4
AGREEMENT = 2
STRANGERS = 0.2
ALIKE = 0.01


@dataclass(frozen=True, slots=True)
class Neighbours:
    """likes: items x people, 1 or nothing · profiles: features x people, how much more of it each has than others."""

    likes: csr_matrix
    profiles: csr_matrix

    def near(self, favourites: Positions) -> Floats:
        """people x favourites: what each favourite adds to how near each of the people is; the nearest is at 1.

        Below 0 are those who have less of it than others. Where all are alike nobody is near.
        """
        parts = self.profiles[favourites].toarray().T
        return parts / max(float(parts.sum(axis=1).max(initial=0)), ALIKE)

    def votes(self, near: Floats) -> Floats:
        """people x favourites: the vote of each of the people, as far as each favourite earned it."""
        return np.maximum(near.sum(axis=1, keepdims=True), 0) ** (SHARPNESS - 1) * near

    def shared(self, items: Positions, weights: Floats, near: Floats) -> Floats:
        """people x items: the vote of each of the people, as far as each known item earned it."""
        agreement = (np.maximum(near.sum(axis=1), 0) + STRANGERS) ** AGREEMENT
        return self.likes[items].toarray().T * (np.sign(weights) / max(len(items), 1)) * agreement[:, None]


def build(weights: csr_matrix, described: csr_matrix) -> Neighbours:
    """`weights`: people x items · `described`: items x features, the shares that each item has of them."""
    people = normalised(normalised(damped(weights)) @ described)
    return Neighbours(csr_matrix((weights > 0).T, dtype=np.float32), csr_matrix(_set_apart(people).T, dtype=np.float32))


def _set_apart(people: csr_matrix) -> csr_matrix:
    """Less what is ordinary of each feature, and what each of the people has in common with everybody."""
    mean = np.asarray(people.sum(axis=0), np.float32).ravel() / max(people.shape[0], 1)
    ordinary = (people @ mean - mean @ mean) / max(float(mean.sum()), 1e-9)
    apart = csr_matrix(people, copy=True)
    apart.data -= mean[apart.indices] + np.repeat(ordinary, np.diff(apart.indptr))
    return apart
