import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommendations.sound import MOST_KINDS, kinds_of_sound


def two_sounds(each: int = 30) -> np.ndarray:
    """Quiet and slow ones, then loud and fast ones."""
    noise = np.random.default_rng(7).normal(0, 0.3, (2 * each, 3))
    return (noise + np.repeat([[-30, 70, 1], [-8, 160, 9]], each, axis=0)).astype(np.float32)


def test_tracks_that_sound_alike_are_of_the_same_kinds() -> None:
    kinds = kinds_of_sound(two_sounds()).toarray()

    alike = kinds.T @ kinds

    assert alike[:30, 30:].max() < alike[:30, :30].mean() / 10


def test_a_track_that_cannot_be_described_is_of_no_kind() -> None:
    described = two_sounds()
    described[4] = np.nan

    kinds = kinds_of_sound(described)

    assert kinds[:, [4]].nnz == 0
    assert kinds[:, [5]].sum() > 0.99


def test_the_kinds_of_the_same_library_are_the_same() -> None:
    assert (kinds_of_sound(two_sounds()) != kinds_of_sound(two_sounds())).nnz == 0


def test_a_number_that_is_the_same_for_all_tells_nothing() -> None:
    described = two_sounds()
    described[:, 1] = 120

    assert np.isfinite(kinds_of_sound(described).data).all()


@given(st.integers(0, 200), st.integers(0, 2**32 - 1))
def test_whatever_the_library_every_described_track_is_shared_out_whole(tracks: int, seed: int) -> None:
    described = np.random.default_rng(seed).normal(0, 5, (tracks, 4)).astype(np.float32)

    kinds = kinds_of_sound(described)

    assert kinds.shape[1] == tracks and kinds.shape[0] <= MOST_KINDS
    assert kinds.shape[0] == 0 or np.allclose(kinds.sum(axis=0), 1, atol=1e-5)
