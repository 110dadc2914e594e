"""What somebody listened to, day by day, and what they can do about it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from history.choosing import ORIGINS, OUTCOMES, SOURCES, Choice, choice_of, in_words
from history.numbers import today_of
from history.origins import origins_in_words
from history.reviews.periods import just_over
from listening.deleting import delete_listens, deletions_of, hidden_by, hidden_from, seconds_to_undo, undo_deletion
from listening.models import Deletion
from listening.rules import canonical
from listening.store import BadEvent, Cursor, Listen, Selection, StoreAway, listen_store
from music.browsing import offers_for
from music.cursors import cursor_of, place_of
from music.rows import TrackRow, visible_rows

PAGE_SIZE = 50
CURSOR = "history"
UNDOS = 5


@dataclass(frozen=True)
class Row:
    """A listen, and its track if that is still there to be heard."""

    listen: Listen
    track: TrackRow | None
    origin: str


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    choice, after = choice_of(request.GET), request.GET.get("after", "")
    deletions = deletions_of(user.pk)
    try:
        listens = listen_store().history(
            user.pk, PAGE_SIZE + 1, _position(after), choice.selection, hidden_by(deletions)
        )
    except StoreAway:
        return render(request, "history/history.html", {"is_away": True})
    page = listens[:PAGE_SIZE]
    chips = _chips(user, choice, page)
    context = {
        "days": _days(user, page),
        "is_first_page": not after,
        "just_over": None if after or chips else just_over(user.pk, today_of(user)),
        "undos": _undos(deletions),
        "page": {"next_cursor": _cursor(page[-1]) if len(listens) > PAGE_SIZE else ""},
        "choice": choice,
        "chips": chips,
        "fields": _fields(user, choice),
        "address": _address(choice.said),
    }
    return render(request, "history/history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """One listen at once; what the history shows, or all of it, after one look at how much that is."""
    user: Any = request.user
    choice = choice_of(request.POST or request.GET)
    event_id = request.POST.get("event", "")
    try:
        if event_id:
            return _deleted(request, _one(event_id), choice)
        hidden = hidden_from(user.pk)
        count = listen_store().count(user.pk, choice.selection, hidden)
        is_all = choice.is_everything or 1 < count == listen_store().count(user.pk, without=hidden)
        refused = _refusal(request) if is_all else ""
        if request.method == "POST" and not refused:
            return _deleted(request, choice.selection, Choice(Selection(), {}))
        example = listen_store().history(user.pk, 1, wanted=choice.selection, without=hidden)
    except StoreAway:
        messages.error(request, _("Your history is out of reach for a moment. Nothing was deleted; try again soon."))
        return redirect(_address(choice.said))
    context = {
        "choice": choice,
        "chips": _chips(user, choice, example),
        "count": count,
        "is_all": is_all,
        "refused": refused,
        "back": _address(choice.said),
    }
    return render(request, "history/delete.html", context, status=422 if refused else 200)


@require_POST
def undo_delete(request: HttpRequest, pk: int) -> HttpResponse:
    count = undo_deletion(request.user, pk)
    if count is not None:
        messages.success(request, ngettext("%d listen is back.", "%d listens are back.", count) % count)
    else:
        messages.error(request, _("More than a minute has passed. What was deleted is gone."))
    return redirect(_address(choice_of(request.POST).said))


@require_POST
def leave_out_listen(request: HttpRequest) -> HttpResponse:
    """One listen of the taste, or all that the filters choose; with `count` back into it."""
    user: Any = request.user
    choice, event_id = choice_of(request.POST), request.POST.get("event", "")
    # Without filters it would be the whole history, and for that there is another way: see the taste's own page.
    wanted = _one(event_id) if event_id or choice.is_everything else choice.selection
    is_left_out = "count" not in request.POST
    try:
        changed = listen_store().leave_out(user.pk, wanted, is_left_out)
    except StoreAway:
        messages.error(request, _("Your history is out of reach for a moment. Nothing was changed; try again soon."))
    else:
        if changed:
            messages.success(request, _told(changed, is_left_out))
    return redirect(_address(choice.said))


def _told(changed: int, is_left_out: bool) -> str:
    if is_left_out:
        many = ngettext(
            "%d listen no longer counts for your taste.", "%d listens no longer count for your taste.", changed
        )
    else:
        many = ngettext("%d listen counts for your taste again.", "%d listens count for your taste again.", changed)
    return many % changed


def _deleted(request: HttpRequest, selection: Selection, back: Choice) -> HttpResponse:
    """The history says so itself, with the way back, for as long as there is one."""
    delete_listens(request.user, selection)
    return redirect(_address(back.said))


def _one(event_id: str) -> Selection:
    """What is no event id finds nothing."""
    with suppress(BadEvent):
        return Selection(event_id=canonical(event_id))
    return Selection(event_id="none")


def _refusal(request: HttpRequest) -> str:
    """Everything goes only with one's name, typed."""
    if request.method != "POST":
        return ""
    if request.POST.get("confirmation", "").strip() == request.user.get_username():
        return ""
    return _("Type your username exactly as it is shown. Nothing was deleted.")


def _chips(user: Any, choice: Choice, found: list[Listen]) -> list[tuple[str, str]]:
    """(text, address without it)"""
    genre_name = dict(offers_for(user).genres).get(choice.selection.genre, "") if choice.selection.genre else ""
    words = in_words(choice, found[0] if found else None, genre_name)
    return [(text, _address({key: said for key, said in choice.said.items() if key != name})) for name, text in words]


def _fields(user: Any, choice: Choice) -> list[dict[str, Any]]:
    """The <select>s above the list."""
    sources = [*SOURCES.items(), *ORIGINS.items()]
    offered = (
        ("outcome", _("Heard"), _("Finished or not"), list(OUTCOMES.items())),
        ("source", _("Played from"), _("Anywhere"), sources),
        ("genre", _("Genre"), _("All genres"), offers_for(user).genres),
    )
    return [
        {"name": name, "label": label, "options": [("", every), *options], "chosen": choice.said.get(name, "")}
        for name, label, every, options in offered
    ]


def _days(user: Any, listens: list[Listen]) -> list[tuple[date, list[Row]]]:
    """Rows by the day on which they began, in the reader's time zone, latest first."""
    ids = list(dict.fromkeys(listen.track_id for listen in listens))
    tracks = {row.pk: row for row in visible_rows(user, ids)}
    origins = origins_in_words(user, listens)
    rows = [Row(listen, tracks.get(listen.track_id), origins.get(listen.origin, "")) for listen in listens]
    by_day = groupby(rows, key=lambda row: timezone.localdate(row.listen.started_at))
    return [(day, list(group)) for day, group in by_day]


def _undos(deletions: list[Deletion]) -> list[dict[str, Any]]:
    """What can still be taken back, the latest few, each with the seconds that are left."""
    left = [{"pk": each.pk, "count": each.count, "seconds": seconds_to_undo(each)} for each in deletions if each.count]
    return [undo for undo in left if undo["seconds"]][:UNDOS]


def _address(said: dict[str, str]) -> str:
    return reverse("history") + (f"?{urlencode(said)}" if said else "")


def _cursor(listen: Listen) -> str:
    return cursor_of(CURSOR, [listen.started_at.isoformat(), listen.event_id])


def _position(cursor: str) -> Cursor | None:
    if (place := place_of(CURSOR, cursor)) is None:
        return None
    started_at, event_id = place
    return Cursor(datetime.fromisoformat(started_at), event_id)
