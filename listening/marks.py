"""Which days' figures are to be made anew. A mark is set before the listens change, so that none is missed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils import timezone

from listening import statements

AT_ONCE = 300


def mark(user_id: int, moments: Iterable[datetime]) -> None:
    """The days of these moments."""
    now = timezone.now()
    days = sorted({moment.astimezone(UTC).date() for moment in moments})
    for first in range(0, len(days), AT_ONCE):
        statements.mark(user_id, days[first : first + AT_ONCE], now)


def mark_all(changed: Iterable[tuple[int, datetime]]) -> None:
    """The same for (user id, moment) of several users."""
    by_user: dict[int, list[datetime]] = defaultdict(list)
    for user_id, moment in changed:
        by_user[user_id].append(moment)
    for user_id, moments in sorted(by_user.items()):
        mark(user_id, moments)
