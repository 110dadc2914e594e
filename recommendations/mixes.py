"""Mixes: what somebody likes, taken apart into a few groups that sound like something, and each made into a list."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    import numpy as np

H = TypeVar("H", bound=Hashable)

MOST_MIXES = 6


class Taken(NamedTuple):
    track_id: int
    is_new: bool


def clusters(
    vectors: "np.ndarray", weights: Sequence[float], most: int = MOST_MIXES, least: int = 1
) -> list[list[int]]:
    """Places of what belongs together, at most `most` groups of `least` or more, the heaviest group first and in each
    the heaviest first. What fits into none is in none.

    Ward's method (1963) on rows of length 1: the same input makes the same groups, whichever order it comes in as long
    as no two rows are the same.
    """
    from scipy.cluster.hierarchy import fcluster, ward

    count = len(vectors)
    labels = [0] * count if count < 2 or most < 2 else list(fcluster(ward(vectors), most, criterion="maxclust"))
    groups: dict[int, list[int]] = {}
    for place in sorted(range(count), key=lambda place: (-weights[place], place)):
        groups.setdefault(int(labels[place]), []).append(place)
    large = [group for group in groups.values() if len(group) >= least]
    return sorted(large, key=lambda group: (-sum(weights[place] for place in group), group[0]))


def woven(familiar: Iterable[int], new: Iterable[int], adventure: float, size: int) -> list[Taken]:
    """Of both, in their order and evenly spread: `adventure` is the share of what is new, 0 to 1. Where one runs out
    the other goes on; nothing comes twice.
    """
    lines = {False: iter(dict.fromkeys(familiar)), True: iter(dict.fromkeys(new))}
    taken: dict[int, Taken] = {}
    owed = adventure / 2
    while len(taken) < size and lines:
        owed += adventure
        is_new = owed >= 1 if len(lines) == 2 else next(iter(lines))
        owed -= is_new
        track_id = next((each for each in lines[is_new] if each not in taken), None)
        if track_id is None:
            del lines[is_new]
        else:
            taken[track_id] = Taken(track_id, is_new)
    return list(taken.values())


def apart(line: Sequence[H], artist_of: Mapping[H, int], gap: int) -> list[H]:
    """The same ones, as near to their order as may be with `gap` others between two of one artist, or where there are
    too few artists as many as there can be."""
    waiting: list[H] = list(line)
    made: list[H] = []
    while waiting:
        lately = [artist_of[each] for each in made[-gap:]] if gap else []
        made.append(waiting.pop(_first_apart(waiting, lately, artist_of)))
    return made


def _first_apart(waiting: Sequence[H], lately: Sequence[int], artist_of: Mapping[H, int]) -> int:
    for since in range(len(lately)):
        near = set(lately[since:])
        for place, each in enumerate(waiting):
            if artist_of[each] not in near:
                return place
    return 0


def varied(line: Sequence[H], artist_of: Mapping[H, int], most: int, gap: int) -> list[H]:
    """The same ones: apart, and what is beyond `most` of one artist behind all others."""
    first = few_of_each(line, artist_of, most)
    beyond = {*line} - {*first}
    return [*apart(first, artist_of, gap), *apart([each for each in line if each in beyond], artist_of, gap)]


def few_of_each(line: Sequence[H], artist_of: Mapping[H, int], most: int) -> list[H]:
    """The same ones in their order, at most so many of one artist."""
    taken: Counter[int] = Counter()
    made: list[H] = []
    for each in line:
        taken[artist_of[each]] += 1
        if taken[artist_of[each]] <= most:
            made.append(each)
    return made


def leading(mentions: Iterable[H], most: int, least_share: float = 0.0) -> list[H]:
    """The most mentioned, of which each has its share of all; equally mentioned ones as they were mentioned first."""
    counts = Counter(mentions)
    total = sum(counts.values())
    return [name for name, count in counts.most_common(most) if count >= least_share * total]
