"""Private sessions: times in which nothing that somebody plays is recorded, on any of their devices."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from listening import statements
from listening.models import PrivateSession
from listening.rules import OLDEST
from listening.store import listen_store


def begin_private_session(user_id: int) -> None:
    """Or let the one that lasts go on."""
    with suppress(IntegrityError), transaction.atomic():
        PrivateSession.objects.create(user_id=user_id, began_at=timezone.now())


def end_private_session(user_id: int) -> None:
    PrivateSession.objects.filter(user_id=user_id, ended_at=None).update(ended_at=timezone.now())


def is_private(user_id: int, *moments: datetime) -> bool:
    """Whether a session lasts now, or lasted at one of these moments: a play delivered late began in the past."""
    return statements.was_private(user_id, moments)


def private_times(user_id: int) -> list[tuple[datetime, datetime | None]]:
    """When each session began and ended; None while it lasts."""
    return list(PrivateSession.objects.filter(user_id=user_id).values_list("began_at", "ended_at"))


def became_private(user_id: int, event_id: str, played_ms: int) -> bool:
    """Whether a session lasts now, or began while this much of the listen was heard: it ended there.

    Raises StoreAway, and only for who had a session lately.
    """
    times = statements.private_since(user_id, timezone.now() - OLDEST)
    if not times or any(ended_at is None for _began_at, ended_at in times):
        return bool(times)
    listen = listen_store().find(user_id, event_id)
    if listen is None:
        return False
    heard_until = listen.started_at + timedelta(milliseconds=played_ms)
    return any(listen.started_at < began_at < heard_until for began_at, _ended_at in times)
