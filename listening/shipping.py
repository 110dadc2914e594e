"""Carry pending events to MongoDB: in each user's order, one carrier per user at a time."""

import logging
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from listening import outbox
from listening.errors import ListenError, StoreAway, StoreTooSlow
from listening.lease import Held, lease
from listening.models import PendingEvent

if TYPE_CHECKING:
    from listening.mongo import MongoListenStore

logger = logging.getLogger(__name__)

BATCH = 100


def ship_all(mongo: "MongoListenStore", stopped: Callable[[], bool] = lambda: False) -> int:
    """Everybody's pending events; how many went. Raises StoreAway, with the rest still pending."""
    shipped = 0
    for user_id in outbox.waiting_users():
        if stopped():
            break
        try:
            shipped += ship_user(mongo, user_id)
        except StoreTooSlow:
            logger.warning("MongoDB took too long with the next event of user %s; it stays first in line.", user_id)
    return shipped


def ship_user(mongo: "MongoListenStore", user_id: int, give_up_at: float = math.inf) -> int:
    """One user's pending events, until time.monotonic() passes give_up_at. Raises StoreAway."""
    with lease(f"ship {user_id}") as held:
        if held is None:
            return 0
        shipped = 0
        while time.monotonic() < give_up_at and held.renew():
            went = _ship_batch(mongo, user_id, held, give_up_at)
            if not went:
                break
            shipped += went
        return shipped


def _ship_batch(mongo: "MongoListenStore", user_id: int, held: Held, give_up_at: float) -> int:
    # An event that was delivered and not yet deleted when we die is delivered again: it changes nothing then.
    went: list[int] = []
    try:
        for pending in outbox.pending_of(user_id)[:BATCH]:
            if not held.is_valid or time.monotonic() >= give_up_at:
                break
            _deliver_or_drop(mongo, pending)
            went.append(pending.pk)
    finally:
        if went:
            PendingEvent.objects.filter(pk__in=went).delete()
    return len(went)


def _deliver_or_drop(mongo: "MongoListenStore", pending: PendingEvent) -> None:
    try:
        _deliver(mongo, pending)
    except StoreAway:
        raise
    except (ListenError, ValueError, TypeError, KeyError) as error:
        logger.warning("Dropped an event that can never apply: %s: %s", pending, type(error).__name__)


def _deliver(mongo: "MongoListenStore", pending: PendingEvent) -> None:
    user_id, event_id = pending.user_id, pending.event_id
    match pending.kind:
        case PendingEvent.Kind.START:
            mongo.start(outbox.unpacked(pending.payload))
        case PendingEvent.Kind.FORGET:
            mongo.forget_user(user_id)
        case PendingEvent.Kind.COMPLETE:
            mongo.complete(user_id, event_id, pending.payload["played_ms"], pending.received_at)
        case kind:
            is_left = kind == PendingEvent.Kind.LEFT
            mongo.progress(user_id, event_id, pending.payload["played_ms"], pending.received_at, left=is_left)
