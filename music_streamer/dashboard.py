"""What the administration begins with: who and what is here, what is listened to, what waits for staff, and whether all
parts work.
"""

import shutil
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q, Sum, TextField
from django.db.models.functions import Cast, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from history.charts.bars import Bar, bars
from listening.everyone import DayOfAll, days_of_all, genres_of_all
from listening.store import store_state, worker_state
from music.models import Genre, Takedown, Track, TrackReport
from music_streamer.health import asked
from uploads import queue
from users.models import CustomUser, SignUpRequest

DAYS = 30
GENRES = 8
HEALTHY = {"ok", "not needed"}
# All tracks are read for the one, the genres of every listener's month for the other.
TRACKS_KEPT_SECONDS = 60
GENRES_KEPT_SECONDS = 300


class Step(NamedTuple):
    """A day of a chart and of the table behind it."""

    day: date
    bar: Bar


class Heard(NamedTuple):
    """A genre; `part` of 100 is how its listens compare with those of the first."""

    name: str
    listens: int
    part: int


def dashboard() -> dict[str, Any]:
    days = [timezone.now().date() - timedelta(days=ago) for ago in reversed(range(DAYS))]
    listened = {each.day: each for each in days_of_all(days[0], days[-1])}
    tracks = cache.get_or_set("dashboard:tracks", _tracks, TRACKS_KEPT_SECONDS) or _tracks()
    return {
        "people": _people(),
        "waiting": SignUpRequest.objects.count(),
        "reports": TrackReport.objects.filter(resolved_at=None).count(),
        "appeals": Takedown.objects.to_answer().count(),
        "tracks": tracks,
        "free_bytes": _free_bytes(),
        "added": _steps(days, {day: tracks["added"].get(str(day), 0) for day in days}),
        **_listening(days, listened),
        "genres": _genres(days[-1]),
        "health": _health(),
    }


def _people() -> dict[str, int]:
    since = timezone.now() - timedelta(days=DAYS)
    return CustomUser.objects.filter(is_active=True).aggregate(
        number=Count("pk"),
        recent=Count("pk", filter=Q(last_login__gte=since)),
        new=Count("pk", filter=Q(date_joined__gte=since)),
    )


def _free_bytes() -> int | None:
    """None where there is no such folder yet, or no right to ask."""
    try:
        return shutil.disk_usage(settings.MEDIA_ROOT).free
    except OSError:
        return None


def _tracks() -> dict[str, Any]:
    """`added`: how many on each of the last days, in UTC, by its date as text.

    To make dates of a hundred thousand moments takes SQLite a second; they begin with them.
    """
    since = timezone.now() - timedelta(days=DAYS)
    added = Track.objects.filter(added_at__gte=since).order_by()
    by_day = added.annotate(day=Substr(Cast("added_at", TextField()), 1, 10)).values_list("day")
    return {
        **Track.objects.aggregate(number=Count("pk"), bytes=Sum("size_bytes", default=0)),
        "added": dict(by_day.annotate(Count("pk"))),
    }


def _listening(days: Sequence[date], listened: Mapping[date, DayOfAll]) -> dict[str, Any]:
    return {
        "listens": sum(each.listens for each in listened.values()),
        "listens_by_day": _steps(days, {each.day: each.listens for each in listened.values()}),
        "people_by_day": _steps(days, {each.day: each.people for each in listened.values()}),
        "skip_rate": _percent(listened.values()),
        "skips_by_day": _steps(days, {each.day: _percent([each]) for each in listened.values()}),
    }


def _percent(days: Any) -> int:
    """Of what was begun, how much was skipped."""
    days = list(days)
    plays = sum(each.plays for each in days)
    return round(100 * sum(each.skipped for each in days) / plays) if plays else 0


def _steps(days: Sequence[date], numbers: Mapping[date, int]) -> list[Step]:
    return [Step(*both) for both in zip(days, bars([numbers.get(day, 0) for day in days]), strict=True)]


def _genres(today: date) -> list[Heard]:
    """Most listened to in this month and the last, the first ones."""
    listens = cache.get_or_set("dashboard:genres", lambda: _most_heard(today), GENRES_KEPT_SECONDS) or []
    names = dict(Genre.objects.filter(slug__in=[slug for slug, _number in listens]).values_list("slug", "name"))
    most = max((number for _slug, number in listens), default=0)
    return [Heard(names[slug], number, round(100 * number / most)) for slug, number in listens if slug in names]


def _most_heard(today: date) -> list[tuple[str, int]]:
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    listens = genres_of_all(last_month).listens
    in_order = sorted(listens.items(), key=lambda genre: (-genre[1], genre[0]))
    return [genre for genre in in_order[:GENRES] if genre[1]]


def _health() -> list[dict[str, Any]]:
    parts = [
        (_("Store of listens"), asked(store_state)),
        (_("Worker for listens"), asked(worker_state)),
        (_("Worker for uploads and other tasks"), asked(queue.worker_state)),
    ]
    return [
        {
            "name": name,
            "state": _state_in_words(said["state"]),
            "is_well": said["state"] in HEALTHY,
            "waiting": said.get("pending", said.get("waiting", 0)),
        }
        for name, said in parts
    ]


def _state_in_words(state: str) -> str:
    return {"ok": _("well"), "away": _("away"), "not needed": _("not needed")}.get(state, _("unknown"))
