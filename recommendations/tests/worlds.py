"""Small worlds of taste, made by hand."""

from recommendations.facts import Facts, collect
from recommendations.model import Model, train

JAZZ, FOLK = range(1, 11), range(11, 21)
UNHEARD_JAZZ, UNHEARD_FOLK = 21, 22


def two_crowds() -> Facts:
    """Ten people finish jazz, fourteen folk, each all but two of ten tracks; of each genre one track is unheard."""
    jazz = [{track: 3.0 for track in JAZZ if track % 10 not in (n, n + 1)} for n in range(10)]
    folk = [{track: 3.0 for track in FOLK if track % 10 not in (n % 10, n % 10 + 1)} for n in range(14)]
    genres = [("genre:1", track, 1.0) for track in (*JAZZ, UNHEARD_JAZZ)]
    genres += [("genre:2", track, 1.0) for track in (*FOLK, UNHEARD_FOLK)]
    return collect(range(1, 23), jazz + folk, genres)


def demo_library() -> Facts:
    """Sixteen tracks of four genres and eight artists, and one listener, who finished three of the first genre."""
    features = [(f"genre:{track % 4}", track, 1.0) for track in range(16)]
    features += [(f"artist:{track // 2}", track, 1.0) for track in range(16)]
    return collect(range(16), [{0: 2.0, 4: 1.0, 8: 1.0}], features)


def crowds() -> Model:
    return train(two_crowds())
