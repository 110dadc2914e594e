"""From what a model scores highest to what a page shows: different artists, different music, and now and then a guess.

Each place is drawn from one distribution, so the propensity that is told is the chance it really had: with it, what
came of a shelf can be reckoned back to what another way of choosing would have brought (Horvitz and Thompson, 1952).
"""

import hashlib
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

MAX_PER_ARTIST = 2
ARTIST_GAP = 3
DIVERSITY = 0.3
EXPLORATION = 0.1

POOL_PER_PLACE = 6
SMALLEST_POOL = 60
# Of one artist in the pool, for each that may be shown: enough for another one tomorrow, and others get in.
CHOICE = 3
# What of the pool's range of scores is a toss-up: as much as another day brings another shelf and not a worse one.
SLACK = 0.04


class Scored(NamedTuple):
    """A track that the listener may see; `features` are what it may share with others on the shelf."""

    track_id: int
    artist_id: int
    score: float = 0.0
    features: frozenset[Hashable] = frozenset()


class Placed(NamedTuple):
    """`propensity` is the chance, in (0, 1], that this track came to this place after those before it."""

    track_id: int
    propensity: float
    explored: bool


def rerank(
    candidates: Iterable[Scored],
    limit: int,
    *,
    seed: bytes,
    heard: Collection[int] = frozenset(),
    hidden_tracks: Collection[int] = frozenset(),
    hidden_artists: Collection[int] = frozenset(),
    hidden_features: Collection[Hashable] = frozenset(),
    max_per_artist: int = MAX_PER_ARTIST,
    artist_gap: int = ARTIST_GAP,
    diversity: float = DIVERSITY,
    exploration: float = EXPLORATION,
) -> list[Placed]:
    """At most `limit` different tracks of the candidates, which come with the best score first.

    They must be visible to the listener; they may be lazy and long, and are read only as far as the pool to choose
    from needs. Never more than `max_per_artist` of one artist, and, while there are others, `artist_gap` between two.
    `diversity` in [0, 1] weighs how little a track is like those before it against its score, as it lies between the
    pool's best and worst (maximal marginal relevance, Carbonell and Goldstein, 1998). `exploration` is the chance of
    each place to go to any track of the pool. The same input gives the same shelf; another seed, so another day, gives
    another.
    """
    unwanted = {*heard, *hidden_tracks}
    shown = (
        each
        for each in candidates
        if each.track_id not in unwanted
        and each.artist_id not in hidden_artists
        and each.features.isdisjoint(hidden_features)
    )
    size = max(SMALLEST_POOL, POOL_PER_PLACE * limit)
    shelf = _Shelf(list(_pool(shown, size, max_per_artist * CHOICE)), seed, max_per_artist, artist_gap, diversity)
    while len(shelf.placed) < limit and shelf.place(exploration):
        pass
    return shelf.placed


def _pool(candidates: Iterable[Scored], size: int, most_of_one_artist: int) -> Iterator[Scored]:
    by_artist: Counter[int] = Counter()
    taken: set[int] = set()
    for each in candidates if size else ():
        if each.track_id in taken or by_artist[each.artist_id] >= most_of_one_artist:
            continue
        by_artist[each.artist_id] += 1
        taken.add(each.track_id)
        yield each
        if len(taken) == size:
            return


class _Shelf:
    """What is placed, and of the pool what is left to place."""

    def __init__(self, pool: list[Scored], seed: bytes, max_per_artist: int, artist_gap: int, diversity: float) -> None:
        self.pool, self.seed, self.max_per_artist, self.artist_gap = pool, seed, max_per_artist, artist_gap
        self.placed: list[Placed] = []
        self.artists: list[int] = []
        self.left = list(range(len(pool)))
        self.worth = [(1 - diversity) * each for each in _between_worst_and_best([each.score for each in pool])]
        self.diversity, self.likeness = diversity, [0.0] * len(pool)
        self.bits = _as_bits([each.features for each in pool])
        self.sizes = [math.sqrt(bits.bit_count()) or 1.0 for bits in self.bits]

    def place(self, exploration: float) -> bool:
        """One more, if there is one."""
        places = self._allowed()
        if not places:
            return False
        wish, guess, draw = _draws(self.seed, len(self.placed))
        explored = len(places) > 1 and wish < exploration
        weights = self._weights(places)
        at = int(guess * len(places)) if explored else _drawn(weights, draw)
        share = exploration if len(places) > 1 else 0.0
        self._put(places[at], (1 - share) * weights[at] + share / len(places), explored)
        return True

    def _allowed(self) -> list[int]:
        near = set(self.artists[-self.artist_gap :]) if self.artist_gap else ()
        return [place for place in self.left if self.pool[place].artist_id not in near] or self.left

    def _weights(self, places: list[int]) -> list[float]:
        """Chances that sum up to 1."""
        worth = [self.worth[place] - self.diversity * self.likeness[place] for place in places]
        best = max(worth)
        odds = [math.exp((each - best) / SLACK) for each in worth]
        total = math.fsum(odds)
        return [each / total for each in odds]

    def _put(self, place: int, propensity: float, explored: bool) -> None:
        chosen = self.pool[place]
        self.placed.append(Placed(chosen.track_id, propensity, explored))
        self.artists.append(chosen.artist_id)
        self.left.remove(place)
        if self.artists.count(chosen.artist_id) >= self.max_per_artist:
            self.left = [other for other in self.left if self.pool[other].artist_id != chosen.artist_id]
        mine, size = self.bits[place], self.sizes[place]
        for other in self.left:
            if common := mine & self.bits[other]:
                alike = common.bit_count() / (size * self.sizes[other])  # the cosine of two sets
                if alike > self.likeness[other]:
                    self.likeness[other] = alike


def _between_worst_and_best(scores: list[float]) -> list[float]:
    """0 to 1; every model has another scale. All the same are all best."""
    best, worst = max(scores, default=0.0), min(scores, default=0.0)
    return [1 - (best - score) / (best - worst) if best > worst else 1.0 for score in scores]


def _as_bits(several: list[frozenset[Hashable]]) -> list[int]:
    """One bit for each feature: what two have in common is counted at once."""
    bits: dict[Hashable, int] = {}
    return [sum(bits.setdefault(feature, 1 << len(bits)) for feature in features) for features in several]


def _drawn(weights: list[float], draw: float) -> int:
    return min(bisect_right(list(accumulate(weights)), draw), len(weights) - 1)


def _draws(seed: bytes, place: int) -> tuple[float, float, float]:
    """Three numbers in [0, 1) that any process draws for this place of this day's shelf."""
    digest = hashlib.blake2b(f"place {place}".encode(), key=seed, digest_size=24).digest()
    first, second, third = (int.from_bytes(digest[at : at + 6], "big") / 2**48 for at in (0, 8, 16))
    return first, second, third
