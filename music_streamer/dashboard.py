"""What the administration begins with: who and what is here, what waits for staff, and whether all parts work."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from history.charts.bars import Bar, bars
from listening.store import store_state, worker_state
from music.models import Genre, Track, TrackReport
from music_streamer.health import asked
from uploads import queue
from users.models import CustomUser, SignUpRequest

DAYS = 30
GENRES = 8


def dashboard() -> dict[str, Any]:
    return {
        "people": _people(),
        "waiting": SignUpRequest.objects.count(),
        "reports": TrackReport.objects.filter(resolved_at=None).count(),
        "tracks": Track.objects.aggregate(number=Count("pk"), bytes=Sum("size_bytes", default=0)),
        "added": _added_by_day(),
        "genres": Genre.objects.annotate(number=Count("tracks"))
        .filter(number__gt=0)
        .order_by("-number", "name")[:GENRES],
        "health": {
            _("Store of listens"): asked(store_state),
            _("Worker for listens"): asked(worker_state),
            _("Worker for uploads and other tasks"): asked(queue.worker_state),
        },
    }


def _people() -> dict[str, int]:
    recently = Q(last_login__gte=timezone.now() - timedelta(days=DAYS))
    return CustomUser.objects.filter(is_active=True).aggregate(number=Count("pk"), recent=Count("pk", filter=recently))


def _added_by_day() -> list[Bar]:
    """A bar for each of the last days, the last one today."""
    today = timezone.localdate()
    since = today - timedelta(days=DAYS - 1)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)
    added = Track.objects.filter(added_at__gte=midnight).annotate(day=TruncDate("added_at")).order_by()
    numbers = dict(added.values_list("day").annotate(Count("pk")))
    return bars([numbers.get(since + timedelta(days=number), 0) for number in range(DAYS)])
