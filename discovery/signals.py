"""What discovery does when an account goes, or when artists or genres become one."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from discovery.corrections import lead_corrections
from discovery.models import Correction
from discovery.shelves import forget_picks
from music.merging import led
from music.models import Artist


@receiver(post_delete, sender=settings.AUTH_USER_MODEL)
def forget_what_was_picked(sender: Any, instance: Any, **more: Any) -> None:
    transaction.on_commit(partial(forget_picks, instance.pk))


@receiver(led)
def take_corrections_along(sender: Any, source: int, to: Sequence[int], **more: Any) -> None:
    lead_corrections(Correction.Kind.ARTIST if sender is Artist else Correction.Kind.GENRE, source, to)
