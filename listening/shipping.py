"""Carry pending events to MongoDB: in each user's order, in batches.

One drainer at a time carries everybody's, however many run; a page carries some of its reader's. Each user's are in one
carrier's hands at a time.
"""

import logging
import math
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from listening import outbox
from listening.errors import StoreTooSlow
from listening.lease import Held, lease
from listening.listen import Story
from listening.models import PendingEvent

if TYPE_CHECKING:
    from listening.mongo import MongoListenStore

logger = logging.getLogger(__name__)

FIRST_BATCH = 50
LARGEST_BATCH = 800
A_TURN = 1500
NEVER_APPLIES = (ValueError, TypeError, KeyError)  # BadEvent is a ValueError


def ship_all(mongo: "MongoListenStore", stopped: Callable[[], bool] = lambda: False) -> int:
    """Everybody's pending events, in turns: few need not wait for many. How many went; 0 while another ships.

    Raises StoreAway, with the rest still pending.
    """
    if outbox.is_empty():
        return 0
    with lease("ship") as held:
        return _drain(mongo, held, stopped) if held else 0


def ship_user(
    mongo: "MongoListenStore",
    user_id: int,
    is_over: Callable[[], bool] = lambda: False,
    largest: int = LARGEST_BATCH,
    enough: float = math.inf,
) -> int:
    """One user's pending events, until it `is_over` or `enough` went.

    In batches that grow while MongoDB keeps up, and shrink when one takes it too long. Raises StoreAway.
    """
    with lease(f"ship {user_id}") as held:
        shipped, size = 0, min(FIRST_BATCH, largest)
        while held and shipped < enough and not is_over() and held.renew():
            try:
                went = _ship_batch(mongo, user_id, size)
            except StoreTooSlow:
                if size == 1 or is_over():
                    raise
                size = largest = max(1, size // 8)
                continue
            if not went:
                break
            shipped, size = shipped + went, min(size * 2, largest)
        return shipped


def _drain(mongo: "MongoListenStore", held: Held, stopped: Callable[[], bool]) -> int:
    def is_over() -> bool:
        return stopped() or not held.renew()

    shipped, done = 0, set[int]()
    while users := [user_id for user_id in outbox.waiting_users() if user_id not in done]:
        for user_id in users:
            if is_over():
                return shipped
            went = _take_turn(mongo, user_id, is_over)
            shipped += went
            if went < A_TURN:
                done.add(user_id)
    return shipped


def _take_turn(mongo: "MongoListenStore", user_id: int, is_over: Callable[[], bool]) -> int:
    try:
        return ship_user(mongo, user_id, is_over, enough=A_TURN)
    except StoreTooSlow:
        logger.warning("MongoDB took too long with the next event of user %s; it stays first in line.", user_id)
        return 0


def _ship_batch(mongo: "MongoListenStore", user_id: int, size: int) -> int:
    # What was delivered and not yet deleted when we die is delivered again: it changes nothing then.
    waiting = list(outbox.pending_of(user_id)[:size])
    batch = list(takewhile(lambda pending: pending.kind != PendingEvent.Kind.FORGET, waiting))
    if waiting and not batch:
        batch = waiting[:1]
        mongo.forget_user(user_id)
    elif batch:
        _deliver(mongo, user_id, outbox.stories(batch))
    PendingEvent.objects.filter(pk__in=[pending.pk for pending in batch]).delete()
    return len(batch)


def _deliver(mongo: "MongoListenStore", user_id: int, stories: Sequence[Story]) -> None:
    try:
        refused = mongo.tell(user_id, stories)
    except NEVER_APPLIES:
        if len(stories) > 1:
            for story in stories:
                _deliver(mongo, user_id, [story])
            return
        refused = {story.event_id for story in stories}
    for event_id in refused:
        logger.warning("Dropped an event that can never apply: %s of user %s", event_id, user_id)
