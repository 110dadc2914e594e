"""Which days' figures are to be made anew. A mark is set before the listens change, so that none is missed."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils import timezone

from listening.models import StaleDay


def mark(user_id: int, moments: Iterable[datetime]) -> None:
    """The days of these moments; one query."""
    now = timezone.now()
    days = {moment.astimezone(UTC).date() for moment in moments}
    StaleDay.objects.bulk_create(
        [StaleDay(user_id=user_id, day=day, marked_at=now) for day in sorted(days)],
        update_conflicts=True,
        update_fields=["marked_at"],
        unique_fields=["user_id", "day"],
    )
