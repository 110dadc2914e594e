"""What staff have to say to everybody, at the top of each page until it is read away."""

from datetime import datetime
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone

from social.models import Announcement, DismissedAnnouncement

KEY = "announcements"
# As long may a server with a cache of its own show what another has changed.
KEPT_SECONDS = 60


class Announced(NamedTuple):
    pk: int
    text: str
    url: str
    level: str
    begins_at: datetime
    ends_at: datetime | None
    for_visitors: bool

    def is_shown_to(self, reader: Any, now: datetime) -> bool:
        is_time = self.begins_at <= now and (self.ends_at is None or now < self.ends_at)
        return is_time and (self.for_visitors or reader.is_authenticated)


def announced_to(reader: Any) -> list[Announced]:
    """What they have not dismissed; no query where there is nothing."""
    now = timezone.now()
    shown = [each for each in _kept() if each.is_shown_to(reader, now)]
    if not shown or not reader.is_authenticated:
        return shown
    read_away = DismissedAnnouncement.objects.filter(user_id=reader.pk, announcement__in=[each.pk for each in shown])
    dismissed = set(read_away.values_list("announcement", flat=True))
    return [each for each in shown if each.pk not in dismissed]


def _kept() -> list[Announced]:
    """All that are not over: warnings first, then the latest."""
    kept = cache.get(KEY)
    if kept is None:
        not_over = Announcement.objects.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()))
        coming = not_over.order_by("-level", "-begins_at", "-pk")
        kept = [tuple(row) for row in coming.values_list(*Announced._fields)]
        cache.set(KEY, kept, KEPT_SECONDS)
    return [Announced(*row) for row in kept]


@receiver([post_save, post_delete], sender=Announcement)
def forget(**_of_signal: Any) -> None:
    """At once, and again when others can see the change: who read in between has kept what was."""
    cache.delete(KEY)
    transaction.on_commit(lambda: cache.delete(KEY))
