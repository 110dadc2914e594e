import numpy as np
from scipy.sparse import csr_matrix

from recommendations.neighbours import build

POP, JAZZ, ROCK = range(3)
# One item of each feature.
SHARES = csr_matrix(np.eye(3, dtype=np.float32))


def neighbours(*people):
    rows = np.zeros((len(people), 3), np.float32)
    for row, liked in zip(rows, people, strict=True):
        row[list(liked)] = 1
    return build(csr_matrix(rows), SHARES)


def votes(made, *favourites):
    return made.votes(made.near(np.array(favourites))).sum(axis=1)


def test_who_shares_a_favourite_says_more_the_less_the_rest_is_what_everybody_likes():
    made = neighbours({POP}, {POP}, {POP}, {JAZZ, POP}, {JAZZ, ROCK})
    *others, ordinary, apart = votes(made, JAZZ)
    assert 0 == max(others) < ordinary < apart


def test_where_all_like_the_same_nobody_is_near():
    made = neighbours({POP, JAZZ}, {POP, JAZZ}, {POP, JAZZ})
    assert np.abs(votes(made, JAZZ)).max() < 1e-6


def test_a_favourite_that_nobody_has_asks_nobody():
    made = neighbours({POP}, {POP}, {JAZZ})
    assert not votes(made, ROCK).any()


def test_nobody_has_no_neighbours():
    assert len(votes(neighbours(), JAZZ)) == 0
