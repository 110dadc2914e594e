"""What MongoDB has not got yet, kept in the application's own database, in each user's order."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from listening import rules, statements
from listening.listen import Event, EventKind, Listen, Story
from listening.models import PendingEvent

logger = logging.getLogger(__name__)

FIELDS = frozenset(field.name for field in fields(Listen))
MOMENTS = ("started_at", "left_at", "completed_at")


def has_pending(user_id: int) -> bool:
    return statements.has_pending(user_id)


def pending_of(user_id: int) -> QuerySet[PendingEvent]:
    return PendingEvent.objects.filter(user_id=user_id).order_by("id")


def is_empty() -> bool:
    return not PendingEvent.objects.exists()


def has_unmatched() -> bool:
    """Whether a listen waits of something that the catalogue did not have."""
    return PendingEvent.objects.filter(kind=PendingEvent.Kind.START, payload__track_id__lt=0).exists()


def count() -> int:
    return PendingEvent.objects.count()


def waiting_users() -> list[int]:
    """Users with something pending, who waits longest first."""
    waiting = PendingEvent.objects.values("user_id").annotate(first=Min("id")).order_by("first")
    return list(waiting.values_list("user_id", flat=True))


def keep_start(listen: Listen) -> None:
    _keep(PendingEvent.Kind.START, listen.user_id, listen.event_id, timezone.now(), packed(listen))


def keep_whole(listens: Sequence[Listen]) -> None:
    """Listens that are over: a start that says all."""
    kind, now = PendingEvent.Kind.START, timezone.now()
    PendingEvent.objects.bulk_create(
        PendingEvent(kind=kind, user_id=each.user_id, event_id=each.event_id, received_at=now, payload=packed(each))
        for each in listens
    )


def keep_event(user_id: int, event_id: str, event: Event) -> None:
    kind = PendingEvent.Kind(event.kind)
    _keep(kind, user_id, event_id, event.received_at, {"played_ms": event.played_ms})


@transaction.atomic
def keep_forget(user_id: int) -> int:
    """Instead of all that waited for this user; how many events that was."""
    dropped, _ = pending_of(user_id).delete()
    _keep(PendingEvent.Kind.FORGET, user_id, "", timezone.now(), {})
    return dropped


def listen_so_far(user_id: int, event_id: str) -> Listen | None:
    """The listen as its pending events tell it; None when its start is not among them."""
    listen: Listen | None = None
    for pending in pending_of(user_id).filter(event_id=event_id):
        if pending.kind == PendingEvent.Kind.START:
            listen = listen or unpacked(pending.payload)
        elif listen:
            listen = rules.apply(listen, event_of(pending))
    return listen


def stories(waiting: Sequence[PendingEvent]) -> list[Story]:
    """What they tell of each listen, without what another version kept and this one cannot read."""
    starts: dict[str, Listen] = {}
    events: dict[str, list[Event]] = {}
    for pending in waiting:
        try:
            if pending.kind == PendingEvent.Kind.START:
                starts.setdefault(pending.event_id, unpacked(pending.payload))
            else:
                events.setdefault(pending.event_id, []).append(event_of(pending))
        except (ValueError, TypeError, KeyError) as error:
            logger.warning("Dropped an event that can never apply: %s: %s", pending, type(error).__name__)
    told = dict.fromkeys([*starts, *events])
    return [Story(event_id, starts.get(event_id), tuple(events.get(event_id, ()))) for event_id in told]


def event_of(pending: PendingEvent) -> Event:
    kind: EventKind = pending.kind  # type: ignore[assignment]
    return Event(kind, int(pending.payload["played_ms"]), pending.received_at)


def packed(listen: Listen) -> dict[str, Any]:
    return asdict(listen)


def unpacked(payload: dict[str, Any]) -> Listen:
    """Another version may have packed more, or less."""
    known = {name: value for name, value in payload.items() if name in FIELDS}
    moments = {name: datetime.fromisoformat(known[name]) for name in MOMENTS if known.get(name)}
    return Listen(**{**known, **moments, "genres": tuple(payload["genres"])})


def _keep(kind: PendingEvent.Kind, user_id: int, event_id: str, received_at: datetime, payload: dict[str, Any]) -> None:
    PendingEvent.objects.create(kind=kind, user_id=user_id, event_id=event_id, received_at=received_at, payload=payload)
