"""How much somebody likes what they heard, from what they did with it: the taste that suggestions are made for."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any

from discovery.corrections import Corrected
from discovery.signs import Sign
from listening.store import StoreAway, TrackSums, listen_store
from music.models import Genre
from music.utils import Listening, left_out_tracks

if TYPE_CHECKING:
    from recommendations.ladder import Taste

# Where we put a track in front of somebody, hearing it says less than having looked for it.
OWN_SUGGESTIONS = (
    "made-for-you",
    "mix",
    "because",
    "new-for-you",
    "rediscover",
    "deep-cuts",
    "weekly",
    "followed",
    "popular",
    "radio",
    "similar",
)
SUGGESTED_COUNTS = 0.5
SKIP_COUNTS = 0.5
HEARD = 0.5
# What fifteen whole plays make. From here on repeating a track says nothing new, whoever does it ten thousand times.
MOST_LIKED = 4.0
SAID_MORE, SAID_NEVER = 1.0, -1.0

NO_SIGNS: Mapping[int, Sign] = {}

KEPT_USERS = 64
KEPT_SECONDS = 600


def weight_of(sums: TrackSums) -> float:
    """1 for one whole play, 2 for three, up to MOST_LIKED; less where it was suggested; below 0 for what is skipped.

    What was only begun says nothing.
    """
    chosen = 1 - (1 - SUGGESTED_COUNTS) * sums.suggested / sums.listens
    liked = math.log2(1 + sums.share * chosen) if sums.share >= HEARD else 0
    disliked = SKIP_COUNTS * math.log2(1 + sums.skipped)
    return bounded(liked - disliked)


def bounded(weight: float) -> float:
    return max(-MOST_LIKED, min(MOST_LIKED, weight))


def corrected(weight: float, factor: float) -> float:
    """What a listener says of a track counts more than what they did with it; 0 is never, 1 says nothing."""
    if factor > 1:
        return min(MOST_LIKED, max(weight, SAID_MORE) * factor)
    return weight if factor == 1 else min(weight, 0) + (1 - factor) * SAID_NEVER


def taste_of(
    user: Any,
    listening: Listening,
    said: Corrected,
    adventure: float,
    since: datetime | None = None,
    signs: Mapping[int, Sign] = NO_SIGNS,
) -> Taste:
    """Two questions more than `listening` took, or one while nothing new was heard."""
    from recommendations.ladder import LATEST, Taste  # numpy: not for commands that only look at the addresses

    liked = dict(_liked(user, listening, since))
    for track_id, sign in signs.items():
        liked[track_id] = bounded(liked.get(track_id, 0.0) + sign.weight)
    for track_id, factor in said.track_factors.items():
        liked[track_id] = corrected(liked.get(track_id, 0.0), factor)
    favourites = Genre.objects.filter(fans=user.pk).order_by("pk").values_list("pk", flat=True)
    latest = tuple(islice(listening.completed, LATEST))
    factors = said.factors | {f"track:{track_id}": factor for track_id, factor in said.track_factors.items()}
    return Taste(liked, tuple(f"genre:{pk}" for pk in favourites), factors, adventure, latest)


def weights(sums: Iterable[TrackSums], factors: Mapping[int, float] | None = None) -> dict[int, float]:
    return {each.track_id: corrected(weight_of(each), (factors or {}).get(each.track_id, 1)) for each in sums}


def forget() -> None:
    """All that is remembered here (for tests)."""
    with _lock:
        _kept.clear()


def _liked(user: Any, listening: Listening, since: datetime | None) -> Mapping[int, float]:
    """Summed up again when something was heard, finished or skipped, and now and then for what was less than that."""
    completed, heard, mark = listening
    stamp = (since, mark, len(completed), sum(completed))
    if (kept := _remembered(user.pk, stamp)) is not None:
        return kept
    try:
        liked = weights(listen_store().tastes(OWN_SUGGESTIONS, user_id=user.pk, since=since))
    except StoreAway:  # too slow for a long history: that something was completed is known, and is enough for now
        liked = dict.fromkeys(completed, 1.0)
        if completed:
            _remember(user.pk, stamp, liked)
        return liked
    no_taste = left_out_tracks(user)
    # What was heard in bits may still be offered, and is no reason for itself.
    liked = {pk: weight for pk, weight in liked.items() if pk not in no_taste and (weight < 0 or pk in heard)}
    _remember(user.pk, stamp, liked)
    return liked


# In this process only: a file or a table of it would have to be deleted with the account.
_kept: OrderedDict[int, tuple[Any, float, Mapping[int, float]]] = OrderedDict()
_lock = Lock()


def _remembered(user_id: int, stamp: Any) -> Mapping[int, float] | None:
    with _lock:
        known_stamp, until, liked = _kept.get(user_id, (None, 0.0, {}))
    return liked if known_stamp == stamp and time.monotonic() < until else None


def _remember(user_id: int, stamp: Any, liked: Mapping[int, float]) -> None:
    with _lock:
        _kept[user_id] = stamp, time.monotonic() + KEPT_SECONDS, liked
        _kept.move_to_end(user_id)
        if len(_kept) > KEPT_USERS:
            _kept.popitem(last=False)
