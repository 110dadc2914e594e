import numpy as np
import pytest
from scipy.sparse import csr_matrix, diags

from recommendations import ease, factors
from recommendations.facts import Facts, collect, positions
from recommendations.ladder import Taste, score
from recommendations.model import Model, Settings, train
from recommendations.tests.worlds import two_crowds

DICE = np.random.default_rng(1)
LISTENERS = csr_matrix((DICE.random((12, 30)) < 0.3) * DICE.integers(1, 9, (12, 30)), dtype=np.float32)
FEATURES = csr_matrix((DICE.random((5, 30)) < 0.3).astype(np.float32))
KNOWN, WEIGHTS = np.array([2, 7, 19]), np.array([1.0, 4.0, -2.0], np.float32)
UNKNOWN = np.setdiff1d(np.arange(30), KNOWN)


def fitted(rank=64, own=0.7, damping=0.2):
    return ease.fit(LISTENERS, FEATURES, strength=3.0, own=own, damping=damping, rank=rank)


def direct_scores(own, damping):
    """Steck's closed form over items x items, with the same weighting."""
    mass = np.maximum((ease.normalised(ease.damped(LISTENERS)).toarray() ** 2).sum(axis=0), 1e-9) ** -damping
    listeners = ease.normalised(ease.damped(LISTENERS) @ diags(mass)).toarray()
    rows = np.vstack([listeners, FEATURES.toarray()])
    inverse = np.linalg.inv(rows.T @ rows + np.diag(3.0 + own * (listeners**2).sum(axis=0)))
    links = np.eye(30) - inverse / np.diag(inverse)
    taste = np.zeros(30)
    taste[KNOWN] = ease.damped(WEIGHTS) * mass[KNOWN]
    return taste @ links


@pytest.mark.parametrize(("own", "damping"), [(0.0, 0.0), (0.7, 0.2)])
def test_the_dual_form_is_the_direct_solution(own, damping):
    model = fitted(own=own, damping=damping)
    scores = model.scores(model.rows(KNOWN, WEIGHTS))
    np.testing.assert_allclose(scores[UNKNOWN], direct_scores(own, damping)[UNKNOWN], rtol=1e-3, atol=1e-5)


def test_a_smaller_rank_is_close_to_it():
    model = fitted(rank=8)
    near = model.scores(model.rows(KNOWN, WEIGHTS))[UNKNOWN]
    assert np.corrcoef(near, direct_scores(0.7, 0.2)[UNKNOWN])[0, 1] > 0.97


def test_what_each_track_adds_sums_up_to_the_score():
    model = fitted(rank=8)
    rows = model.rows(KNOWN, WEIGHTS)
    scores = model.scores(rows)[UNKNOWN]
    np.testing.assert_allclose(model.links(KNOWN, WEIGHTS, UNKNOWN).sum(axis=0), scores, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(model.by_row(rows, UNKNOWN).sum(axis=0), scores, rtol=1e-3, atol=1e-5)


def test_what_each_track_adds_sums_up_to_the_score_of_the_factors():
    model = factors.fit(LISTENERS.sign(), size=4, regularisation=0.5, confidence=5.0, iterations=5)
    scores = model.scores(model.listener(KNOWN, WEIGHTS))[UNKNOWN]
    np.testing.assert_allclose(model.links(KNOWN, WEIGHTS, UNKNOWN).sum(axis=0), scores, rtol=1e-3, atol=1e-5)


def test_a_listener_folded_in_scores_as_one_trained_on():
    from implicit.als import AlternatingLeastSquares

    model = factors.fit(LISTENERS.sign(), size=4, regularisation=0.5, confidence=5.0, iterations=30)
    peer = AlternatingLeastSquares(
        4, regularization=0.5, alpha=5.0, iterations=30, num_threads=1, random_state=factors.SEED
    )
    peer.fit(LISTENERS.sign(), show_progress=False)
    known = LISTENERS[0].indices
    folded = model.listener(known, np.ones(len(known), np.float32))
    np.testing.assert_allclose(folded, peer.recalculate_user(0, LISTENERS[0].sign()), rtol=0.02, atol=2e-3)


def test_a_model_is_the_same_after_a_round_trip_through_files(tmp_path):
    model = train(two_crowds())
    for name, array in model.arrays().items():
        np.save(tmp_path / f"{name}.npy", array, allow_pickle=False)
    mapped = {path.stem: np.load(path, mmap_mode="r") for path in tmp_path.iterdir()}
    taste = Taste({3: 1.0, 12: -1.0}, ("genre:1",), {"genre:2": 0.5}, 0.8)
    assert np.array_equal(score(Model.of(mapped), taste), score(model, taste))


def test_training_twice_makes_the_same_model():
    first, second = train(two_crowds()).arrays(), train(two_crowds()).arrays()
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_the_most_active_listeners_stand_for_all_beyond_a_bound():
    facts = collect(range(9), [{0: 1}, {1: 1, 2: 1, 3: 1}, {4: 1, 5: 1}], [])
    model = train(facts, Settings(most_listeners=2))
    assert model.people == 2
    assert model.listeners.tolist() == [1, 1, 1, 1, 1, 1, 0, 0, 0]


def test_facts_hold_no_name_and_leave_out_what_is_unknown_or_not_liked():
    facts = collect([5, 3], [{3: 2.0, 5: -1.0, 99: 4.0}, {}], [("genre:1", 5, 1.0), ("genre:1", 98, 1.0)])
    assert facts.item_ids.tolist() == [3, 5]
    assert facts.weights.toarray().tolist() == [[2.0, 0.0]]
    assert facts.features.toarray().tolist() == [[0.0, 1.0]]
    assert positions(facts.item_ids, np.array([5, 4])).tolist() == [1, -1]


def test_facts_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="ascend"):
        Facts(np.array([2, 1]), csr_matrix((0, 2)), (), csr_matrix((0, 2)))
    with pytest.raises(ValueError, match="one column"):
        Facts(np.array([1, 2]), csr_matrix((0, 3)), (), csr_matrix((0, 2)))
