"""How plays of a link are counted: like listens, by `listening.rules`, but of nobody."""

import time
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from listening.rules import counts_as_listen
from sharing.access import length_of, share_numbered
from sharing.models import Share, SharePlay
from sharing.tickets import PLAY_SECONDS, Ticket


def count_play(ticket: Ticket, played_ms: int) -> bool:
    """Whether it counts now; 404 when the link is no longer there.

    Who listens says how much was heard, and the server's clock since the ticket was handed out how much that can be.
    """
    share = share_numbered(ticket.share_id)
    heard_ms = min(played_ms, int(time.time() * 1000) - ticket.issued_ms)
    if not counts_as_listen(heard_ms, length_of(share, ticket.track_id)):
        return False
    return _count_once(share, ticket)


@transaction.atomic
def _count_once(share: Share, ticket: Ticket) -> bool:
    now = timezone.now()
    counted = SharePlay.objects.filter(share=share)
    counted.filter(counted_at__lt=now - timedelta(seconds=PLAY_SECONDS)).delete()
    _, is_new = counted.get_or_create(share=share, ticket=ticket.name)
    if is_new:
        Share.objects.filter(pk=share.pk).update(plays=F("plays") + 1, last_used_at=now)
    return is_new
