"""What all listeners together did, from the sums that are kept of each: for whoever runs the place, without names."""

from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q, Sum

from listening.columns import Columns
from listening.models import Rollup

Level = Rollup.Level


class DayOfAll(NamedTuple):
    """`plays` were begun, `listens` count, `people` had one that does."""

    day: date
    plays: int
    listens: int
    skipped: int
    people: int


def days_of_all(since: date, until: date) -> list[DayOfAll]:
    """Days on which something was played, each on its listener's own clock, the earliest first."""
    days = Rollup.objects.filter(level=Level.DAY, begin__range=(since, until)).values("begin").order_by("begin")
    sums = days.annotate(
        of_plays=Sum("plays"),
        of_listens=Sum("listens"),
        of_skipped=Sum("skipped"),
        people=Count("pk", filter=Q(listens__gt=0)),
    )
    return [DayOfAll(*row) for row in sums.values_list("begin", "of_plays", "of_listens", "of_skipped", "people")]


def genres_of_all(since: date) -> Columns:
    """Listens and milliseconds of each genre, by slug, in the months that began since then."""
    months = Rollup.objects.filter(level=Level.MONTH, begin__gte=since)
    return Columns(months.values_list("genres", flat=True).iterator())
