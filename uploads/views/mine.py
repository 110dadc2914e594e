"""What somebody brought in: the list, what they do to many of its tracks at once, and their trash."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from music.access import tracks_to_edit
from music.editing import TrackChanges, edit_tracks
from music.models import Track
from music.paging import Order, keyset_page
from music.querysets import TrackQuerySet
from music.removal import KEPT_IN_TRASH, discard, restore
from music.removal import trash as put_into_trash
from music.views.edit import chosen_tracks
from music.views.trash import offer_undo
from uploads import quotas

PAGE_SIZE = 100
LAST_FIRST = Order("mine", descending=True)
SHELVES: dict[str, tuple[Any, dict[str, str]]] = {
    "all": (gettext_lazy("All"), {}),
    "public": (gettext_lazy("Public"), {"state": Track.State.PUBLISHED, "visibility": Track.Visibility.PUBLIC}),
    "private": (gettext_lazy("Private"), {"state": Track.State.PUBLISHED, "visibility": Track.Visibility.PRIVATE}),
    "review": (gettext_lazy("Waiting for review"), {"state": Track.State.REVIEW}),
    "missing": (gettext_lazy("File is missing"), {"state": Track.State.MISSING}),
    "takendown": (gettext_lazy("Taken down"), {"state": Track.State.TAKEN_DOWN}),
}


@require_safe
def my_uploads(request: HttpRequest) -> HttpResponse:
    shelf = request.GET.get("show", "")
    shelf = shelf if shelf in SHELVES else "all"
    tracks = _kept(request).filter(**SHELVES[shelf][1])
    shelves = [(name, label) for name, (label, _filter) in SHELVES.items()]
    context = {"shelf": shelf, "shelves": shelves, "usage": quotas.usage_shown(request.user), **_page(request, tracks)}
    return render(request, "uploads/mine.html", context)


@require_POST
def change_uploads(request: HttpRequest) -> HttpResponse:
    """One of the buttons above the list, for the tracks that are ticked."""
    tracks = tracks_to_edit(request.user, chosen_tracks(request)).kept_by(request.user)
    action = request.POST.get("action", "")
    pks = list(tracks.values_list("pk", flat=True))
    if not pks:
        messages.warning(request, _("Tick the tracks first."))
    elif action == "edit":
        return redirect(f"{reverse('edit_tracks')}?{urlencode({'track': pks}, doseq=True)}")
    elif action == "trash":
        _trash(request, tracks, pks)
    elif action in Track.Visibility.values:
        _show_to(request, tracks, action)
    return redirect(f"{reverse('my_uploads')}?{request.GET.urlencode()}".removesuffix("?"))


def _trash(request: HttpRequest, tracks: TrackQuerySet, pks: list[int]) -> None:
    count = put_into_trash(tracks)
    sentence = ngettext("%d track is in the trash now.", "%d tracks are in the trash now.", count) % count
    offer_undo(request, pks, sentence)


def _show_to(request: HttpRequest, tracks: TrackQuerySet, visibility: str) -> None:
    count = len(edit_tracks(tracks, TrackChanges(visibility=visibility)))
    if visibility == Track.Visibility.PRIVATE:
        sentence = ngettext("%d track is private now.", "%d tracks are private now.", count)
    else:
        sentence = ngettext("%d track is public now.", "%d tracks are public now.", count)
    messages.success(request, sentence % count)


@require_safe
def trash(request: HttpRequest) -> HttpResponse:
    context = _page(request, _trashed(request))
    for track in context["tracks"]:
        track.goes_at = track.state_since + KEPT_IN_TRASH
    return render(request, "uploads/trash.html", {"kept_days": KEPT_IN_TRASH.days, **context})


@require_POST
def change_trash(request: HttpRequest) -> HttpResponse:
    """Restore what is ticked or all of it, or ask once more before it goes for good."""
    action = request.POST.get("action", "")
    everything = action.endswith("_all")
    tracks = _trashed(request) if everything else _trashed(request).filter(pk__in=chosen_tracks(request))
    pks = list(tracks.values_list("pk", flat=True))
    if not pks:
        messages.warning(request, _("Tick the tracks first."))
    elif action in ("delete", "delete_all"):
        query = {"all": 1} if everything else {"track": pks}
        return redirect(f"{reverse('delete_uploads')}?{urlencode(query, doseq=True)}")
    elif action in ("restore", "restore_all"):
        count = restore(tracks)
        messages.success(request, ngettext("%d track is back.", "%d tracks are back.", count) % count)
    return redirect("trash")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """The second question before tracks go for good."""
    sent = request.POST if request.method == "POST" else request.GET
    chosen = _trashed(request) if sent.get("all") else _trashed(request).filter(pk__in=chosen_tracks(request))
    count = chosen.count()
    if not count:
        return redirect("trash")
    if request.method != "POST":
        context = {"count": count, "everything": sent.get("all"), "tracks": chosen.order_by("-pk")[:PAGE_SIZE]}
        return render(request, "uploads/delete.html", context)
    discard(chosen)
    messages.success(request, ngettext("%d track is gone for good.", "%d tracks are gone for good.", count) % count)
    return redirect("trash")


def _kept(request: HttpRequest) -> TrackQuerySet:
    return Track.objects.kept_by(request.user).exclude(state=Track.State.TRASHED)


def _trashed(request: HttpRequest) -> TrackQuerySet:
    return Track.objects.kept_by(request.user).filter(state=Track.State.TRASHED)


def _page(request: HttpRequest, tracks: TrackQuerySet) -> dict[str, Any]:
    """The last brought in first."""
    after = request.GET.get("after", "")
    rows = tracks.select_related("artist", "album")
    page = keyset_page(rows, LAST_FIRST, after=after, size=PAGE_SIZE)
    return {"page": page, "tracks": page.items, "is_first_page": not after}
