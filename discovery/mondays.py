"""The week's discoveries, made by the worker while Monday is young: who looks then waits for nothing."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db.models import Exists, OuterRef
from django.utils import timezone

from discovery.models import Impression, WeeklyMix
from discovery.standing import standing_of
from discovery.weekly import KEPT_WEEKS, monday_of, this_week
from listening.lease import Held, lease
from users.middleware import zone_of
from users.models import UserProfile

AT_ONCE = 100
SEEN_WITHIN = timedelta(weeks=KEPT_WEEKS)
REMEMBERED_SECONDS = 2 * 24 * 3600


def make_weeks_due() -> int:
    """How many were made: of at most so many listeners at once, by one worker. The others' turn comes next time; who
    looks before that has theirs made then."""
    with lease("weekly discoveries") as held:
        return sum(_weeks(held)) if held else 0


def _weeks(held: Held) -> Iterator[bool]:
    """For each listener whose turn it is whether there was enough to make one of."""
    left = AT_ONCE
    for name in UserProfile.objects.order_by("time_zone").values_list("time_zone", flat=True).distinct():
        with timezone.override(zone_of(name)):
            today = timezone.localdate()
            for user in _whose_turn(name, today, left) if today == monday_of(today) else ():
                standing = standing_of(user)
                if standing.is_store_away or not held.renew():
                    return
                yield this_week(standing) is not None
                cache.set(_mark(name, today), user.pk, REMEMBERED_SECONDS)
                left -= 1


def _whose_turn(time_zone: str, monday: date, limit: int) -> list[Any]:
    """Who was offered something lately and has no week yet. For whom there was too little is not tried twice."""
    seen = Impression.objects.filter(user_id=OuterRef("pk"), shown_on__gte=monday - SEEN_WITHIN)
    made = WeeklyMix.objects.filter(user_id=OuterRef("pk"), monday=monday)
    after = cache.get(_mark(time_zone, monday), 0)
    users = get_user_model().objects.filter(Exists(seen), ~Exists(made), is_active=True, pk__gt=after)
    return list(users.filter(profile__time_zone=time_zone).select_related("profile").order_by("pk")[:limit])


def _mark(time_zone: str, monday: date) -> str:
    return f"weeks-made-{monday.isoformat()}-{time_zone}"
