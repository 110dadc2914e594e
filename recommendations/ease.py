"""EASE (Steck 2019) with what tracks have in common (Jeunen et al. 2020), solved on the side of the rows.

EASE predicts a listener's score of j as sum_i x_i B_ij with B = I - P / diag(P), P = (A'A + D)^-1. Listeners and
features, the rows of A, are fewer than items. With G = A D^-1 A' + I, Woodbury's identity turns the score of an unheard
j into (x D^-1 A' G^-1 A)_j / (1 - leverage_j): no items x items matrix, neither in training nor in a request.
D grows with an item's own weight, as in a denoising autoencoder (Steck 2020).

G^-1 is kept as c I - W W': exact in the directions that explain most, one mean for the many that explain little each.
Leaving those out instead would leave out what only a few listeners have in common.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import eigh, qr
from scipy.sparse import csr_matrix, diags, vstack

from recommendations.facts import Floats, Positions

OVERSAMPLING = 32
PASSES = 6
SEED = 20


@dataclass(frozen=True, slots=True)
class Ease:
    """evidence: items x rows, A' · mixing: W, rows x rank, by columns · mixed: A'W, items x rank, of which a request
    reads the known items' rows instead of all of W once more · level: c · known, told: (items,) scales in and out."""

    evidence: csr_matrix
    mixing: Floats
    mixed: Floats
    level: float
    known: Floats
    told: Floats

    def rows(self, items: Positions, weights: Floats) -> Floats:
        """How far each row of the evidence speaks for somebody with these weights, (rows,)."""
        weights = damped(weights) * self.known[items]
        near = self.evidence[items].T @ weights
        near *= self.level
        near -= self.mixing @ (weights @ self.mixed[items])
        return near

    def scores(self, rows: Floats) -> Floats:
        scores = self.evidence @ rows
        scores *= self.told
        return scores

    def by_row(self, rows: Floats, to: Positions, first: int = 0) -> Floats:
        """rows x to: what each row, from the `first` on, adds to the score of each of `to`."""
        return (self.evidence[to][:, first:].toarray() * rows[first:]).T * self.told[to]

    def links(self, items: Positions, weights: Floats, to: Positions) -> Floats:
        """What each of `items` adds to the score of each of `to`: their sum over items is scores(rows(...))[to]."""
        shared = self.level * (self.evidence[items] @ self.evidence[to].T).toarray()
        shared -= self.mixed[items] @ self.mixed[to].T
        return (damped(weights) * self.known[items])[:, None] * shared * self.told[to]


def fit(weights: csr_matrix, features: csr_matrix, *, strength: float, own: float, damping: float, rank: int) -> Ease:
    """`strength` is Steck's lambda; `own` is how much of an item's own weight joins it; `damping` 0-1 takes down what
    everybody likes."""
    scale = _damping(normalised(damped(weights)), damping)
    listeners = normalised(damped(weights) @ diags(scale))
    inverse = 1 / (1 + own * squares(listeners, axis=0) / strength)
    rows = csr_matrix(vstack([listeners, features]), dtype=np.float32)
    mixing, level = _mixing(csr_matrix(rows @ diags(np.sqrt(inverse)), dtype=np.float32), strength, rank)
    evidence = csr_matrix(rows.T, dtype=np.float32)
    mixed = evidence @ mixing
    leverage = inverse * (level * squares(evidence, axis=1) - (mixed**2).sum(axis=1))
    told = 1 / np.maximum(1 - leverage, 0.01)
    known = (scale * inverse).astype(np.float32)
    return Ease(evidence, np.asfortranarray(mixing), mixed, level, known, told.astype(np.float32))


def damped(weights: Any) -> Any:
    """Of an array or a sparse matrix: the hundredth play says less than the second, and so does a dislike's."""
    return weights.sign().multiply(abs(weights).log1p()) if hasattr(weights, "nnz") else _signed_log(weights)


def normalised(rows: Any) -> csr_matrix:
    """Each row with length 1; an empty one stays empty."""
    lengths = np.sqrt(squares(rows, axis=1))
    return csr_matrix(diags(np.where(lengths > 0, 1 / np.maximum(lengths, 1e-12), 0)) @ rows, dtype=np.float32)


def squares(matrix: Any, axis: int) -> Floats:
    return np.asarray(matrix.power(2).sum(axis=axis), np.float32).ravel()


def _signed_log(weights: Floats) -> Floats:
    return np.sign(weights) * np.log1p(np.abs(weights))


def _damping(listeners: csr_matrix, damping: float) -> Floats:
    mass = squares(listeners, axis=0)
    fewest = mass[mass > 0].min(initial=1)
    return np.maximum(mass, fewest) ** -damping


def _mixing(rows: csr_matrix, strength: float, rank: int) -> tuple[Floats, float]:
    """W and c of (A A' + strength I)^-1, about c I - W W'."""
    values, vectors = _spectrum(rows, rank)
    left = rows.shape[0] - len(values)
    tail = max(float(rows.power(2).sum()) - float(values.sum()), 0) / left if left else 0.0
    level = 1 / (tail + strength)
    return (vectors * np.sqrt(np.maximum(level - 1 / (values + strength), 0))).astype(np.float32), level


def _spectrum(rows: csr_matrix, rank: int) -> tuple[Floats, Floats]:
    """The largest eigenvalues of A A' and their vectors (Halko, Martinsson & Tropp 2011, subspace iteration)."""
    size = rows.shape[0]
    basis = _basis(rows, min(rank + OVERSAMPLING, size))
    inside = np.asarray(rows.T @ basis)
    values, vectors = eigh(inside.T @ inside)
    return np.maximum(values[-rank:], 0), basis @ vectors[:, -rank:]


def _basis(rows: csr_matrix, width: int) -> Floats:
    size = rows.shape[0]
    if width == size:
        return np.eye(size, dtype=np.float32)
    basis = np.random.default_rng(SEED).standard_normal((size, width), np.float32)
    for _ in range(PASSES):
        basis, _ = qr(rows @ (rows.T @ basis), mode="economic", overwrite_a=True, check_finite=False)
    return basis
