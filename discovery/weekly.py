"""Thirty discoveries every Monday: unheard when they were picked, and kept for eight weeks."""

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from discovery.models import WeeklyMix
from discovery.serving import recommend
from discovery.shelf import Chance, Item, Shelf
from discovery.standing import Standing

SIZE, LEAST = 30, 15
KEPT_WEEKS = 8
EXPLORATION = 0.3


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def this_week(standing: Standing) -> WeeklyMix | None:
    """Made by the worker on Monday, or when it is first asked for in the week of the listener's own clock. None while
    there is too little that they have not heard, or nobody knows what they have.
    """
    monday = monday_of(timezone.localdate())
    kept = WeeklyMix.objects.filter(user_id=standing.user.pk, monday=monday).first()
    return kept or (None if standing.is_store_away else _made(standing, monday))


def weeks_of(user: Any) -> list[date]:
    """The Mondays that are kept, the latest first."""
    since = monday_of(timezone.localdate()) - timedelta(weeks=KEPT_WEEKS - 1)
    kept = WeeklyMix.objects.filter(user_id=user.pk, monday__gte=since).order_by("-monday")
    return list(kept.values_list("monday", flat=True))


def shelf_of(mix: WeeklyMix) -> Shelf:
    source = f"weekly:{mix.monday.isoformat()}"
    items = tuple(Item(pick["track_id"], pick["reason"], _chance(pick)) for pick in mix.picks)
    week = _("Week of %s") % date_format(mix.monday, "MONTH_DAY_FORMAT")
    return Shelf(source, _("Weekly discovery"), week, items, reverse("weekly", args=[mix.monday.isoformat()]))


def _chance(pick: dict[str, Any]) -> Chance:
    """Weeks that were made before chances were kept have none."""
    return Chance(**{name: pick[name] for name in Chance._fields if name in pick})


def _made(standing: Standing, monday: date) -> WeeklyMix | None:
    shelf = f"weekly:{monday.isoformat()}"
    offered = recommend(standing, SIZE, shelf=shelf, exploration=EXPLORATION)
    if len(offered) < LEAST:
        return None
    picks = [
        {"track_id": pk, "reason": reason, **chance._asdict()} for pk, reason, chance in (each.item for each in offered)
    ]
    made, is_new = WeeklyMix.objects.get_or_create(user_id=standing.user.pk, monday=monday, defaults={"picks": picks})
    if is_new:
        long_ago = monday - timedelta(weeks=KEPT_WEEKS - 1)
        WeeklyMix.objects.filter(user_id=standing.user.pk, monday__lt=long_ago).delete()
    return made
