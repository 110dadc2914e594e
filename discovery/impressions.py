"""What was offered on each day, so that it can be said later what became of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from discovery.models import Impression
from discovery.shelf import Item
from music.utils import Recommendation

logger = logging.getLogger(__name__)

LONGEST_SHELF = 40


def record_shown(user: Any, shown: Mapping[str, Iterable[Item]], *, are_artists: bool = False) -> None:
    """What these shelves show, by their sources: each track once a day, as it came first; for two questions, however
    many there are. A page does not fail for it.
    """
    today = timezone.localdate()
    by_shelf = {source[:LONGEST_SHELF]: list(items) for source, items in shown.items()}
    ids = {item.track_id for items in by_shelf.values() for item in items}
    of_today = Impression.objects.filter(user_id=user.pk, shown_on=today, shelf__in=by_shelf, track_id__in=ids)
    try:
        known = set(of_today.values_list("shelf", "track_id"))
        rows = [
            Impression(
                user_id=user.pk,
                track_id=item.track_id,
                is_artist=are_artists,
                shelf=shelf,
                rank=rank,
                shown_on=today,
                **item.chance._asdict(),
            )
            for shelf, items in by_shelf.items()
            for rank, item in enumerate(items, start=1)
            if (shelf, item.track_id) not in known
        ]
        if rows:  # a page that has nothing to tell does not wait for whoever writes
            with transaction.atomic():
                Impression.objects.bulk_create(rows, ignore_conflicts=True)
    except DatabaseError:
        logger.exception("What was offered on %s is not remembered", ", ".join(by_shelf))


def record_suggested(user: Any, kind: str, offered: Iterable[Recommendation]) -> None:
    """Of a kind that has as many shelves as there are tracks, all are one."""
    record_shown(user, {kind: [Item(each.track.pk, each.reason) for each in offered]})
