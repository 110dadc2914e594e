import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommendations.evaluation import coverage_at, ndcg_at, novelty_at, quality, recall_at, top


def test_a_perfect_ranking_has_a_gain_of_1_and_an_early_hit_is_worth_more():
    assert ndcg_at(10, [3, 5, 1], {3, 5}) == 1
    assert ndcg_at(10, [3, 1, 5], {3, 5}) == pytest.approx((1 + 0.5) / (1 + 1 / np.log2(3)))
    assert ndcg_at(10, [1, 2], {3}) == 0
    assert ndcg_at(2, range(10), range(50)) == 1


def test_recall_is_of_all_that_is_relevant():
    assert recall_at(2, [1, 2, 3], {1, 3, 8, 9}) == 0.25


def test_coverage_counts_each_item_once():
    assert coverage_at(2, [[1, 2, 9], [2, 1]], 4) == 0.5


def test_novelty_is_in_bits_of_who_knows_it():
    assert novelty_at(10, [[0], [1]], np.array([0.5, 0.125, 0.0], np.float32)) == 2
    assert novelty_at(10, [[2]], np.array([0.5, 0.125, 0.0], np.float32)) == 4


def test_who_has_nothing_relevant_is_not_counted():
    measured = quality([[0, 1], [1, 0]], [{0}, set()], np.array([0.5, 0.5], np.float32))
    assert measured == (1.0, 1.0, 1.0, 1.0, 1)


def test_the_best_come_first_without_what_is_known():
    assert top(np.array([1, 5, 3, 5], np.float32), 3, [3]).tolist() == [1, 2, 0]
    assert top(np.array([1, 5], np.float32), 9, [1]).tolist() == [0]


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(0, 300), st.integers(1, 40), st.randoms(use_true_random=False))
def test_the_best_of_many_are_those_that_sorting_all_would_find(items, k, distinct, dice):
    scores = np.array([dice.randrange(distinct) for _ in range(items)], np.float32)
    without = [item for item in range(items) if dice.random() < 0.2]
    left = [item for item in range(items) if item not in set(without)]
    assert top(scores, k, without).tolist() == sorted(left, key=lambda item: (-scores[item], item))[:k]
