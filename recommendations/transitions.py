"""What people went on to: a Markov chain over the order in which each listener came to their tracks."""

import numpy as np
from scipy.sparse import csr_matrix, diags

from recommendations.facts import Floats

# What comes right after says most, and what everybody comes to some day says little.
STEPS = {1: 1.0, 2: 0.6, 3: 0.36}
DAMPING = 0.5
# Where one went alone nobody is led: it may be their own track, a thousand times after what everybody knows.
FEWEST = 2


def build(when: csr_matrix | None, listeners: Floats) -> csr_matrix:
    """items x items: how far people went on from one to the other. `when`: people x items, larger is later."""
    items = len(listeners)
    if when is None:
        return csr_matrix((items, items), dtype=np.float32)
    people = np.repeat(np.arange(when.shape[0]), np.diff(when.indptr))
    order = np.lexsort((when.indices, when.data, people))
    people, heard = people[order], when.indices[order]
    weights, cells = [], []
    for steps, weight in STEPS.items():
        same = np.flatnonzero(people[steps:] == people[:-steps])
        weights.append(np.full(len(same), weight, np.float32))
        cells.append((heard[same], heard[same + steps]))
    where = np.hstack(cells)
    counted, went = (
        csr_matrix((values, where), shape=(items, items), dtype=np.float32)
        for values in (np.hstack(weights), np.ones(where.shape[1]))
    )
    counted.data[went.data < FEWEST] = 0
    counted.eliminate_zeros()
    return csr_matrix(counted @ diags((1 + listeners) ** -DAMPING), dtype=np.float32)
