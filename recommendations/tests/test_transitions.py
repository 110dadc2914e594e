import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from recommendations.facts import Facts
from recommendations.ladder import Contribution, Taste, explain, score
from recommendations.model import train
from recommendations.transitions import STEPS, build

NOBODY = np.zeros(5, np.float32)
ROUNDING = 1e-5


def in_order(*sequences: list[int]) -> csr_matrix:
    """Of five items, each later than the one before it."""
    rows = np.repeat(np.arange(len(sequences)), [len(each) for each in sequences])
    when = np.concatenate([1e9 + np.arange(len(each)) for each in sequences])
    return csr_matrix((when, (rows, np.concatenate(sequences))), shape=(len(sequences), 5))


def test_what_comes_sooner_says_more_and_nothing_leads_back_or_to_another_listeners_tracks():
    went = build(in_order([3, 0, 4, 1], [3, 0, 4, 1], [2]), NOBODY).toarray() / 2
    assert went[3].tolist() == pytest.approx([STEPS[1], STEPS[3], 0, 0, STEPS[2]])
    assert went[1].any() == went[2].any() == went[:, 2].any() == went[:, 3].any() == False  # noqa: E712


def test_many_who_went_there_say_more_and_what_everybody_comes_to_says_less():
    walks = in_order(*[[0, 1]] * 3, *[[0, 2]] * 2)
    assert build(walks, NOBODY).toarray()[0].tolist() == [0, 3, 2, 0, 0]
    listeners = np.array([0, 99, 0, 0, 0], np.float32)
    assert build(walks, listeners).toarray()[0].tolist() == pytest.approx([0, 0.3, 2, 0, 0])


def test_without_any_order_nobody_went_anywhere():
    assert build(None, NOBODY).nnz == build(csr_matrix((0, 5)), NOBODY).nnz == build(in_order([3]), NOBODY).nnz == 0


walks = st.lists(st.permutations(range(4)), min_size=1, max_size=5)
own_walks = st.permutations(range(5))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(walks, own_walks)
def test_one_account_leads_nobody_to_its_own_track_and_elsewhere_by_two_steps_at_most(others, own):
    """Track 4 is known to that account alone; where others go it adds its step, and makes that of one other count."""
    before, after = (build(in_order(*many), NOBODY).toarray() for many in (others, [*others, own]))
    assert not after[:, 4].any()
    assert not after[4].any()
    more = after - before
    assert np.all(more > -ROUNDING)
    assert np.all(more < 2 * STEPS[1] + ROUNDING)


def walked(*sequences: list[int]) -> Facts:
    when = in_order(*sequences)
    weights = csr_matrix(when > 0, dtype=np.float32)
    return Facts(np.arange(5), weights, (), csr_matrix((0, 5), dtype=np.float32), when)


def test_what_people_went_on_to_comes_first_and_the_reason_is_where_they_came_from():
    """All like the same, some turn to 3 after 0 and some to 4 after 1."""
    model = train(walked([0, 3, 1, 4], [0, 3, 1, 4], [1, 4, 0, 3], [0, 3, 2, 1, 4]))
    tracks = {0: 1.0, 1: 1.0}
    for latest, onward in ((0, 3), (1, 4)):
        taste = Taste(tracks, latest=(latest,))
        scores = score(model, taste)
        assert scores[onward] == max(scores[2:])
        assert explain(model, taste, [onward])[0][:2] == Contribution("track", latest, 1.0)[:2]


@pytest.mark.parametrize("latest", [(0,), (99,), (4,)])
def test_what_is_disliked_unknown_or_not_of_the_taste_leads_nowhere(latest):
    model = train(walked([0, 3], [0, 3], [1, 4]))
    tracks = {0: -1.0, 1: 1.0, 99: 1.0}
    assert np.array_equal(score(model, Taste(tracks, latest=latest)), score(model, Taste(tracks)))
