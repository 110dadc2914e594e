"""What the rest of the site tells: a listen began, or counts. One quick question for who has nothing connected."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.utils import timezone

from listening.outbox import packed
from listening.rules import OLDEST
from listening.store import Listen
from scrobbling.models import Scrobble, ServiceConnection
from scrobbling.offered import offered

logger = logging.getLogger(__name__)

# A player may bring a listen for so long after it began; what became of it is remembered for as long.
KEPT = OLDEST + timedelta(days=2)

Refused = ServiceConnection.State.REFUSED


def harmless(note: Callable[..., None]) -> Callable[..., None]:
    """A listen is recorded, whatever becomes of its scrobbles: the next report of it brings them again."""

    @wraps(note)
    def guarded(*args: Any, **more: Any) -> None:
        try:
            note(*args, **more)
        except Exception:
            logger.exception("A listen could not be noted to be scrobbled")

    return guarded


@harmless
def note_begun(listen: Listen) -> None:
    """To be shown as now playing, as long as the track lasts: a listen that is told late is not."""
    until = listen.started_at + timedelta(milliseconds=listen.duration_ms)
    if listen.origin or until <= timezone.now():
        return
    connections = _connections(listen.user_id)
    if connections:
        those = ServiceConnection.objects.filter(pk__in=[each.pk for each in connections]).exclude(state=Refused)
        those.update(playing=packed(listen), playing_until=until)


@harmless
def note(user_id: int, listen: Listen | None) -> None:
    """After every report of a listen. None: it is kept for a store that is away, which will know whether it counts."""
    if listen is None:
        ServiceConnection.objects.filter(user_id=user_id).update(look_asked_at=timezone.now())
    elif listen.counted:
        enqueue(_connections(user_id), [listen])


def enqueue(connections: Iterable[ServiceConnection], listens: Iterable[Listen]) -> None:
    """Those that counted, began since the connection was made and come from our own player; each once for ever.

    What came from a device or a file is not sent on: it may have come from where it would go.
    """
    oldest = timezone.now() - KEPT
    ours = [listen for listen in listens if listen.counted and not listen.origin and listen.started_at >= oldest]
    Scrobble.objects.bulk_create(
        [
            Scrobble(connection=connection, event_id=listen.event_id, started_at=listen.started_at)
            for connection in connections
            for listen in ours
            if listen.started_at >= connection.since
        ],
        ignore_conflicts=True,
    )


def _connections(user_id: int) -> list[ServiceConnection]:
    return list(ServiceConnection.objects.filter(user_id=user_id, service__in=offered()).only("since"))
