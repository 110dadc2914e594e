"""Implicit-feedback ALS (Hu, Koren & Volinsky 2008), trained by `implicit`; a listener is folded in at the request."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from recommendations.facts import Floats, Positions

SEED = 20


@dataclass(frozen=True, slots=True)
class Factors:
    """items: Y, items x d, by columns, as each request reads them all · gram: Y'Y + regularisation, d x d · confidence:
    of everything known about a listener."""

    items: Floats
    gram: Floats
    confidence: float

    def listener(self, items: Positions, weights: Floats) -> Floats:
        """(d,): the factors of somebody who likes items of weight above 0 and dislikes those below."""
        known = self.items[items]
        return self._solved(known, self.confidence * (np.sign(weights) @ known))

    def scores(self, listener: Floats) -> Floats:
        return self.items @ listener

    def links(self, items: Positions, weights: Floats, to: Positions) -> Floats:
        """What each of `items` adds to the score of each of `to`, which is linear in them (section 5 there)."""
        known = self.items[items]
        told = self.confidence * np.sign(weights)[:, None] * known
        return told @ self._solved(known, self.items[to].T)

    def _solved(self, known: Floats, told: Floats) -> Floats:
        return np.linalg.solve(self.gram + (self.confidence - 1) * known.T @ known, told)


def fit(rows: csr_matrix, *, size: int, regularisation: float, confidence: float, iterations: int) -> Factors:
    """`rows` (x items) hold 1 for a listener's track; a feature's rows may hold less. One thread: runs are alike."""
    # Only training needs it, and a web worker never trains.
    from implicit.als import AlternatingLeastSquares

    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            size,
            regularization=regularisation,
            alpha=confidence,
            iterations=iterations,
            num_threads=1,
            random_state=SEED,
        )
        model.fit(rows, show_progress=False)
    items = np.asfortranarray(model.item_factors, np.float32)
    gram = items.T @ items + regularisation * np.eye(items.shape[1], dtype=np.float32)
    return Factors(items, gram.astype(np.float32), confidence)
