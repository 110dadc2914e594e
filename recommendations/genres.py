"""The genre rule, first half: which genres somebody finishes tracks of, and how much of a shelf each deserves."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

G = TypeVar("G", bound=Hashable)

TOP_GENRES = 5


@dataclass(frozen=True, slots=True)
class GenreShare(Generic[G]):
    """`finished` tracks of this genre earned it this many `slots` of the shelf."""

    genre: G
    finished: int
    slots: int


def rank_genres(completed_genres: Iterable[G], favourites: Sequence[G] = ()) -> list[G]:
    """The genres of completed tracks, one mention per track, the most completed first.

    Equally completed ones: favourites first, then whichever was mentioned first: mention the latest tracks first.
    """
    return [genre for genre, _ in count_genres(completed_genres, favourites)]


def count_genres(completed_genres: Iterable[G], favourites: Sequence[G] = ()) -> list[tuple[G, int]]:
    """Like rank_genres, with the number of completed tracks of each."""
    counts = Counter(completed_genres)
    return sorted(counts.items(), key=lambda counted: (-counted[1], counted[0] not in favourites))


def share_slots(
    counted: Sequence[tuple[G, int]], total: int, top: int = TOP_GENRES, factors: Mapping[G, float] | None = None
) -> list[GenreShare[G]]:
    """`total` slots over the `top` first genres: one for each, the rest in proportion to what was finished.

    Each slot goes to the genre with the most finished tracks per slot it would then have (D'Hondt, 1878). A genre's
    factor makes its finished tracks weigh more or less; with 0 it gets nothing.
    """
    weights = {genre: finished * (factors or {}).get(genre, 1) for genre, finished in counted}
    ranked = sorted(counted, key=lambda each: -weights[each[0]])
    chosen = [each for each in ranked if weights[each[0]]][: min(top, total)]
    slots = [1] * len(chosen)
    for _ in range(total - len(chosen) if chosen else 0):
        neediest = max(range(len(chosen)), key=lambda index: weights[chosen[index][0]] / (slots[index] + 1))
        slots[neediest] += 1
    return [GenreShare(genre, finished, given) for (genre, finished), given in zip(chosen, slots, strict=True)]
