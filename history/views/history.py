from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from listening.store import Cursor, Listen, StoreAway, listen_store
from music.models import Track

PAGE_SIZE = 50
SALT = "history"


@dataclass(frozen=True)
class Row:
    """A listen, and its track if that is still there to be heard."""

    listen: Listen
    track: Track | None


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    after = request.GET.get("after", "")
    try:
        listens = listen_store().history(user.pk, PAGE_SIZE + 1, before=_position(after))
    except StoreAway:
        return render(request, "history/history.html", {"is_away": True})
    page = listens[:PAGE_SIZE]
    context = {
        "days": _days(user, page),
        "is_first_page": not after,
        "page": {"next_cursor": _cursor(page[-1]) if len(listens) > PAGE_SIZE else ""},
    }
    return render(request, "history/history.html", context)


def _days(user: Any, listens: list[Listen]) -> list[tuple[date, list[Row]]]:
    """Rows by the day on which they began, in the reader's time zone, latest first."""
    tracks = Track.objects.visible_to(user).with_credits().in_bulk({listen.track_id for listen in listens})
    rows = [Row(listen, tracks.get(listen.track_id)) for listen in listens]
    by_day = groupby(rows, key=lambda row: timezone.localdate(row.listen.started_at))
    return [(day, list(group)) for day, group in by_day]


def _cursor(listen: Listen) -> str:
    return signing.dumps([listen.started_at.isoformat(), listen.event_id], salt=SALT)


def _position(cursor: str) -> Cursor | None:
    try:
        started_at, event_id = signing.loads(cursor, salt=SALT)
    except signing.BadSignature:
        return None
    return Cursor(datetime.fromisoformat(started_at), event_id)
