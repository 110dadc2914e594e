"""What an owner or an editor does with the items of a playlist."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from playlists.access import playlist_to_edit
from playlists.editing import SORTS, PlaylistFullError, move_item, put_back, remove_items, sort_items, step_item
from playlists.models import Playlist
from playlists.views.pages import page_around
from users.views import safe_next

MOST_DIGITS = 18  # of an id: more does not fit into the database's column


@require_POST
def change_items(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the buttons of a row: remove, up or down, each with the id of the item.

    With `follow` on to the page where that one now is.
    """
    playlist = playlist_to_edit(request.user, pk)
    if removed := _id(request.POST.get("remove", "")):
        _remove(request, playlist, removed)
    for name in ("up", "down"):
        if item := _id(request.POST.get(name, "")):
            step_item(playlist, item, request.user, down=name == "down")
            if "follow" in request.POST:
                return redirect(page_around(request.user, playlist, item))
    return redirect(_back(request, playlist))


def _remove(request: HttpRequest, playlist: Playlist, item_id: int) -> None:
    removed = remove_items(playlist, [item_id], request.user)
    if removed:
        undo = f"{reverse('put_back_items', args=[playlist.pk])}?{urlencode({'item': removed}, doseq=True)}"
        messages.success(request, _("Removed from “%s”.") % playlist.name, extra_tags=f"undo-at {undo}")


@require_POST
def put_back_items(request: HttpRequest, pk: int) -> HttpResponse:
    """The items of the address."""
    playlist = playlist_to_edit(request.user, pk)
    try:
        count = put_back(playlist, [item for item in map(_id, request.GET.getlist("item")) if item], request.user)
    except PlaylistFullError as error:
        messages.warning(request, str(error))
        return redirect(_back(request, playlist))
    if count:
        messages.success(request, ngettext("%d track is back.", "%d tracks are back.", count) % count)
    return redirect(_back(request, playlist))


@require_POST
def move_in_playlist(request: HttpRequest, pk: int) -> JsonResponse:
    """`item` goes right `after` another or right `before` it; with neither to the beginning.

    409 when one of them is not there any more: the page shows what became of the list.
    """
    playlist = playlist_to_edit(request.user, pk)
    item, after, before = (_id(request.POST.get(name, "")) for name in ("item", "after", "before"))
    if not item or not move_item(playlist, item, after=after, before=before):
        return JsonResponse({"error": _("The playlist has changed meanwhile. Look at it again.")}, status=409)
    return JsonResponse({"moved": True})


@require_POST
def sort_playlist(request: HttpRequest, pk: int) -> HttpResponse:
    playlist = playlist_to_edit(request.user, pk)
    by = request.POST.get("by", "")
    if by in SORTS:
        sort_items(playlist, by)
    return redirect(playlist)


def _back(request: HttpRequest, playlist: Playlist) -> Any:
    return safe_next(request) if request.POST.get("next") else playlist.get_absolute_url()


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None
