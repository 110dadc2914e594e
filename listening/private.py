"""Private sessions: times in which nothing that somebody plays is recorded, on any of their devices."""

from contextlib import suppress
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from listening.models import PrivateSession


def begin_private_session(user_id: int) -> None:
    """Or let the one that lasts go on."""
    with suppress(IntegrityError), transaction.atomic():
        PrivateSession.objects.create(user_id=user_id, began_at=timezone.now())


def end_private_session(user_id: int) -> None:
    PrivateSession.objects.filter(user_id=user_id, ended_at=None).update(ended_at=timezone.now())


def is_private(user_id: int, *moments: datetime) -> bool:
    """Whether a session lasts now, or lasted at one of these moments: a play delivered late began in the past."""
    private = Q(ended_at=None)
    for moment in moments:
        private |= Q(began_at__lte=moment, ended_at__gt=moment)
    return PrivateSession.objects.filter(private, user_id=user_id).exists()
