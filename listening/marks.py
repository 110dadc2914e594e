"""Which days' figures are to be made anew. A mark is set before the listens change, so that none is missed."""

from collections import defaultdict
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


def mark_all(changed: Iterable[tuple[int, datetime]]) -> None:
    """The same for (user id, moment) of several users."""
    by_user: dict[int, list[datetime]] = defaultdict(list)
    for user_id, moment in changed:
        by_user[user_id].append(moment)
    for user_id, moments in sorted(by_user.items()):
        mark(user_id, moments)
