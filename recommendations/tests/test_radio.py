from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendations.content import closeness, together
from recommendations.radio import drawn, evened

scores = st.dictionaries(st.integers(1, 99), st.floats(0, 1), max_size=25)


@given(scores, st.integers(0, 20), st.integers())
def test_a_draw_is_full_while_there_is_enough_and_repeats_nothing(
    scores: dict[int, float], limit: int, seed: int
) -> None:
    artist_of = {pk: pk % 7 for pk in scores}
    line = drawn(scores, artist_of, limit, Random(seed), spread=0.2, gap=2)
    assert len(line) == len(set(line)) == min(limit, len(scores))
    assert set(line) <= set(scores)
    assert line == drawn(scores, artist_of, limit, Random(seed), spread=0.2, gap=2)


def test_what_fits_better_is_played_more_often_and_nothing_is_certain() -> None:
    artist_of = {1: 1, 2: 2, 3: 3}
    first = [drawn({1: 1.0, 2: 0.8, 3: 0.0}, artist_of, 1, Random(seed), spread=0.2, gap=0)[0] for seed in range(2000)]
    assert 0.70 < first.count(1) / 2000 < 0.76  # e^5 to e^4 to 1
    assert 0.24 < first.count(2) / 2000 < 0.30
    assert first.count(3) > 0


@given(scores)
def test_evened_scores_keep_their_order_between_0_and_1(scores: dict[int, float]) -> None:
    even = evened(scores)
    assert set(even) == set(scores)
    assert all(0 <= score <= 1 for score in even.values())
    assert sorted(even, key=lambda pk: (even[pk], scores[pk], pk)) == sorted(scores, key=lambda pk: (scores[pk], pk))


def test_close_is_what_has_the_same_in_the_same_parts() -> None:
    jazz, both = {"jazz": 1.0}, {"jazz": 1.0, "soul": 1.0}
    [near] = closeness([jazz], [jazz, both, {"metal": 1.0}, {}])
    assert near.tolist() == pytest.approx([1.0, 2**-0.5, 0.0, 0.0])
    assert together([jazz, both]) == {"jazz": 2, "soul": 1}
