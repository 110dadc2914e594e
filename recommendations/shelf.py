"""The genre rule, second half: new tracks for a shelf, each with the reason it is there."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from math import ceil
from typing import Any, Literal, NamedTuple

from recommendations.genres import GenreShare, count_genres, share_slots

Kind = Literal["finished", "liked", "favourite", "popular", "new"]

MAX_PER_ARTIST = 2
POOL = 100
TOSS_UP = 0.25


class Candidate(NamedTuple):
    """A track that may be shown; `listeners` only where it is offered for being popular."""

    track_id: int
    artist_id: int
    listeners: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """finished: `count` tracks of `genre` · liked: tracks of `genre`, by a star or whatever else · favourite: `genre` ·
    popular: with `count` listeners · new."""

    kind: Kind
    genre: Hashable = None
    count: int = 0


class Pick(NamedTuple):
    track_id: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Offer:
    """Candidates for one reason; at most `slots` of them, unless the shelf would stay short otherwise.

    They must be visible to the listener. They may be lazy and long: they are read only as far as the shelf needs,
    POOL unheard ones at a time, and only each pool is put in the order of the day. So that another part of a large
    genre comes up every day, begin to read it at day_start() and go round. Popular and new ones stay as they come.
    """

    reason: Reason
    candidates: Iterable[Candidate]
    slots: int | None = None


CandidatesOf = Callable[[Any], Iterable[Candidate]]
Genres = Iterable[Hashable]


def day_seed(user_id: int, day: date) -> bytes:
    """What makes one listener's shelf differ from another's, and from tomorrow's."""
    return f"{user_id} {day.isoformat()}".encode()


def day_start(seed: bytes, size: int) -> int:
    """Where in `size` rows today's reading begins."""
    return _shuffled(seed, -1) % size if size else 0


def tossed(worth: float, seed: bytes, track_id: int) -> float:
    """Less of it, by up to TOSS_UP, and every day by another part: what is nearly as good as the best comes first now
    and then, and what is far from it never."""
    return worth * (1 - TOSS_UP * _shuffled(seed, track_id) / 2**64)


def genre_tiers(
    finished: Genres,
    liked: Genres,
    favourites: Sequence[Hashable],
    candidates_of: CandidatesOf,
    limit: int,
    factors: Mapping[Any, float] | None = None,
) -> Iterator[list[Offer]]:
    """The tiers that go by genre: of what was finished, the latest first, and of what is liked otherwise each track
    mentions its own. `liked` is read only when there is room for it."""
    tiers: tuple[tuple[Kind, Genres], ...] = (("finished", finished), ("liked", liked))
    for kind, mentions in tiers:
        shares = share_slots(count_genres(mentions, favourites), limit, factors=factors)
        yield finished_offers(shares, candidates_of, kind)
    yield favourite_offers(favourites, candidates_of, limit, factors)


def finished_offers(shares: Iterable[GenreShare], candidates_of: CandidatesOf, kind: Kind = "finished") -> list[Offer]:
    """The first tier: genres that the listener finishes tracks of, each with its share; or, "liked", likes some of."""
    return [
        Offer(Reason(kind, share.genre, share.finished), candidates_of(share.genre), share.slots) for share in shares
    ]


def favourite_offers(
    genres: Sequence[Hashable],
    candidates_of: CandidatesOf,
    limit: int,
    factors: Mapping[Any, float] | None = None,
) -> list[Offer]:
    """The second tier: genres that the listener chose, in equal parts, each as large as its factor makes it."""
    weights = {genre: weight for genre in genres if (weight := (factors or {}).get(genre, 1))}
    whole = sum(weights.values())
    return [
        Offer(Reason("favourite", genre), candidates_of(genre), ceil(limit * weight / whole))
        for genre, weight in weights.items()
    ]


def pick(
    tiers: Iterable[Sequence[Offer]],
    limit: int,
    *,
    heard: Collection[int],
    seed: bytes,
    max_per_artist: int = MAX_PER_ARTIST,
) -> list[Pick]:
    """At most `limit` different unheard tracks, at most `max_per_artist` of one artist on the whole shelf.

    Give the tiers in order of preference: finished genres, liked, favourites, popular, newest. Give them lazily (a
    generator): a tier is asked for only when those before it did not fill the shelf. The same input picks the same
    tracks all day. The shelf is empty only when no tier offers anything unheard.
    """
    shelf = _Shelf(limit, max_per_artist)
    for tier in tiers:
        lines = [(offer, _of_the_day(offer, heard, seed)) for offer in tier]
        for offer, line in lines:
            shelf.take(offer.reason, line, offer.slots)
        for offer, line in lines:
            shelf.take(offer.reason, line, None)
        if not shelf.room:
            break
    return shelf.picks


@dataclass
class _Shelf:
    limit: int
    max_per_artist: int
    picks: list[Pick] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    by_artist: Counter[int] = field(default_factory=Counter)

    @property
    def room(self) -> int:
        return max(0, self.limit - len(self.picks))

    def take(self, reason: Reason, line: Iterator[Candidate], slots: int | None) -> None:
        wanted = self.room if slots is None else min(slots, self.room)
        for candidate in islice(filter(self._fits, line), wanted):
            self.picks.append(Pick(candidate.track_id, _told(reason, candidate)))
            self.taken.add(candidate.track_id)
            self.by_artist[candidate.artist_id] += 1

    def _fits(self, candidate: Candidate) -> bool:
        return candidate.track_id not in self.taken and self.by_artist[candidate.artist_id] < self.max_per_artist


def _told(reason: Reason, candidate: Candidate) -> Reason:
    return Reason("popular", count=candidate.listeners) if reason.kind == "popular" else reason


def _of_the_day(offer: Offer, heard: Collection[int], seed: bytes) -> Iterator[Candidate]:
    unheard = (candidate for candidate in offer.candidates if candidate.track_id not in heard)
    if offer.reason.kind in ("popular", "new"):
        return unheard
    return _in_pools(unheard, seed)


def _in_pools(candidates: Iterator[Candidate], seed: bytes) -> Iterator[Candidate]:
    while pool := list(islice(candidates, POOL)):
        yield from sorted(pool, key=lambda candidate: _shuffled(seed, candidate.track_id))


def _shuffled(seed: bytes, track_id: int) -> int:
    # Python's own hash() is salted per process: two workers would show two shelves.
    return int.from_bytes(hashlib.blake2b(str(track_id).encode(), key=seed, digest_size=8).digest(), "big")
