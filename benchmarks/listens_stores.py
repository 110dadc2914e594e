"""What the two stores of listens can do at size, without a web server around them."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from math import inf
from typing import Any
from uuid import uuid4

from benchmarks.clock import waited
from benchmarks.shelf_world import DURATION_MS, USERS, made_up_listen

LAST, BATCH, BATCHES, TOP = 50, 500, 4, 10
ZONE = "Europe/Berlin"

REFERENCE = "one listen by its key"
ONE_BY_ONE, IN_BATCHES = "one by one: started and completed", f"in batches of {BATCH}"
REBUILT = "all rollups of the user made anew"
FORGOTTEN_WITHIN = timedelta(minutes=10)


def questions(store: Any, user_id: int, runs: int) -> dict[str, float]:
    """Median milliseconds of what pages ask for, of the user with the most listens."""
    from listening.figures import figures
    from listening.rollups import rebuild

    this_year = date.today().replace(month=1, day=1)
    event_id = store.history(user_id, 1)[0].event_id
    asked: dict[str, Callable[[], object]] = {
        REFERENCE: lambda: _by_key(store, user_id, event_id),
        f"last {LAST} listens": lambda: store.history(user_id, LAST),
        "heard set": lambda: store.heard_tracks(user_id).track_ids,
        "top genres": lambda: _top_genres(store, user_id),
        "a year's numbers from rollups": lambda: figures(user_id, (this_year - timedelta(days=365), this_year)),
    }
    rebuilt_ms = waited(lambda: rebuild(user_id, ZONE), 1).median_ms
    return {name: waited(call, runs).median_ms for name, call in asked.items()} | {REBUILT: rebuilt_ms}


def events_a_second(store: Any, first_user_id: int, tracks: int, listens: int) -> dict[str, float]:
    """Of many users, one event after the other; and of one user's import."""
    began = time.perf_counter()
    for number in range(listens):
        begun = _new_listen(first_user_id + number % USERS, 1 + number % tracks, timedelta(milliseconds=DURATION_MS))
        store.start(begun)
        store.complete(begun.user_id, begun.event_id, DURATION_MS, datetime.now(UTC))
    one_by_one = 2 * listens / (time.perf_counter() - began)
    batches = [
        [
            _new_listen(first_user_id + number, 1 + each % tracks, timedelta(hours=each), is_completed=True)
            for each in range(BATCH)
        ]
        for number in range(BATCHES)
    ]
    began = time.perf_counter()
    added = sum(map(store.add_all, batches))
    return {ONE_BY_ONE: one_by_one, IN_BATCHES: added / (time.perf_counter() - began)}


def seconds_to_forget(store: Any, user_ids: Mapping[str, int]) -> dict[str, float]:
    """Of each until it is done, over a store's own giving up; infinite where that is not within FORGOTTEN_WITHIN."""
    return {f"{name} deleted": _seconds_to_forget(store, user_id) for name, user_id in user_ids.items()}


def _seconds_to_forget(store: Any, user_id: int) -> float:
    from listening.store import StoreAway

    began = time.perf_counter()
    while store.count(user_id):
        if time.perf_counter() - began > FORGOTTEN_WITHIN.total_seconds():
            return inf
        with suppress(StoreAway):
            store.forget_user(user_id)
    return time.perf_counter() - began


def _top_genres(store: Any, user_id: int) -> list[tuple[str, int]]:
    return Counter(chain.from_iterable(store.completed_tracks(user_id).values())).most_common(TOP)


def _by_key(store: Any, user_id: int, event_id: str) -> object:
    """The cheapest thing to ask of a store."""
    from listening.models import ListenRow

    if hasattr(store, "mongo"):
        with store.mongo.door.asking() as listens:
            return listens.find_one({"_id": f"{user_id}:{event_id}"})
    return ListenRow.objects.get(pk=event_id)


def _new_listen(user_id: int, track_id: int, ago: timedelta, is_completed: bool = False) -> Any:
    started_at = datetime.now(UTC).replace(microsecond=0) - ago
    return made_up_listen(user_id, uuid4().int, track_id, started_at, is_completed)
