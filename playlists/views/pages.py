"""All playlists that somebody has to do with, and one of them."""

from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from listening.leaving_out import is_left_out
from listening.models import LeftOut
from music.models import Track
from music.paging import Order, Page, keyset_page
from music.rows import for_player
from music.views.browse import paging, tidy_address
from music.views.keep import MOST_TRACKS, to_keep
from playlists.access import items_for, may_edit, playlist_for, playlist_with_secret
from playlists.art import Art, art_of
from playlists.drawing import drawn_items, item_rows
from playlists.editing import SORT_NAMES
from playlists.forms import FolderForm
from playlists.inviting import invitations_of
from playlists.models import Folder, Playlist, PlaylistItem
from users.access import blockers_of

PAGE_SIZE = 50
CARDS = 48
BY_POSITION = Order("position", keys=("position",))
NEWEST = Order("newest", descending=True)


class PlaylistCard(NamedTuple):
    playlist: Playlist
    art: Art
    is_own: bool


class Shelf(NamedTuple):
    folder: Folder | None
    cards: list[PlaylistCard]


@require_safe
@tidy_address
def playlists(request: HttpRequest) -> HttpResponse:
    """One's own by folder, those one edits, and the public ones of others."""
    user: Any = request.user
    folders = list(Folder.objects.filter(owner=user))
    mine = list(Playlist.objects.of(user).order_by("name", "pk"))
    shared = list(Playlist.objects.editable_by(user).exclude(owner=user).select_related("owner__profile")[:CARDS])
    page = _public(request)
    art = art_of(user, [*mine, *shared, *page.items])
    cards = {
        name: [PlaylistCard(each, art[each.pk], each.owner_id == user.pk) for each in found]
        for name, found in {"mine": mine, "shared": shared, "public": page.items}.items()
    }
    context = {
        "shelves": _shelves(folders, cards["mine"]),
        "folder_form": FolderForm(instance=Folder(owner=user)),
        "invitations": invitations_of(user),
        **cards,
        **paging(request, page),
    }
    return render(request, "playlists/playlists.html", context)


def _public(request: HttpRequest) -> Page:
    user: Any = request.user
    public = Playlist.objects.filter(visibility=Playlist.Visibility.PUBLIC, owner__is_active=True).exclude(owner=user)
    public = public.exclude(owner__in=blockers_of(user))
    rows = public.select_related("owner__profile")
    return keyset_page(rows, NEWEST, after=request.GET.get("after", ""), size=CARDS)


def _shelves(folders: list[Folder], cards: list[PlaylistCard]) -> list[Shelf]:
    """What is in no folder comes first."""
    by_folder = {pk: list(each) for pk, each in groupby(sorted(cards, key=_folder_id), key=_folder_id)}
    return [Shelf(None, by_folder.get(0, [])), *(Shelf(folder, by_folder.get(folder.pk, [])) for folder in folders)]


def _folder_id(card: PlaylistCard) -> int:
    return card.playlist.folder_id or 0


@require_safe
@tidy_address
def playlist(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, playlist_for(request.user, pk), keep_url=reverse("keep_playlist", args=[pk]))


@require_safe
@tidy_address
def playlist_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """For whoever here was given the link."""
    return _shown(request, playlist_with_secret(request.user, secret))


def _shown(request: HttpRequest, playlist: Playlist, keep_url: str = "") -> HttpResponse:
    user: Any = request.user
    page = _page(request, playlist)
    can_edit = may_edit(user, playlist)
    unnamed = set(blockers_of(user)) if user.is_blocked else set()
    editors = [
        editor
        for editor in playlist.editors.select_related("user__profile")
        if editor.accepted_at and editor.user_id not in unnamed
    ]
    rows = item_rows(user, page.items)
    context = {
        "playlist": playlist,
        "art": art_of(user, [playlist])[playlist.pk],
        "is_owner": playlist.owner_id == user.pk,
        "can_edit": can_edit,
        "is_left_out": is_left_out(user.pk, LeftOut.Kind.PLAYLIST, playlist.pk),
        "editors": editors,
        "has_tracks": any(row.track for row in rows),
        "count": len(rows),
        "rows": drawn_items(rows, user, can_edit=can_edit, shows_who=bool(editors), unnamed=unnamed),
        "more_url": _more_url(request, page),
        "keep_url": keep_url,
        "keep_count": min(_there(user, playlist).values("track_id").order_by().distinct().count(), MOST_TRACKS),
        "sorts": SORT_NAMES,
        **paging(request, page),
    }
    return render(request, "playlists/playlist.html", context)


def _page(request: HttpRequest, playlist: Playlist) -> Page:
    items = items_for(request.user, playlist).select_related("added_by__profile")
    return keyset_page(items, BY_POSITION, after=request.GET.get("after", ""), size=PAGE_SIZE)


def _more_url(request: HttpRequest, page: Page) -> str:
    return f"{request.path}more/?{urlencode({'after': page.next_cursor})}" if page.next_cursor else ""


@require_safe
@never_cache
def keep_playlist(request: HttpRequest, pk: int) -> JsonResponse:
    """What a browser needs to keep it on its device: each track once, where it comes first."""
    playlist = playlist_for(request.user, pk)
    ids = list(dict.fromkeys(_there(request.user, playlist).values_list("track_id", flat=True)))[:MOST_TRACKS]
    tracks = Track.objects.visible_to(request.user).with_credits().in_bulk(ids)
    found = [tracks[pk] for pk in ids if pk in tracks]
    return to_keep(f"playlist:{pk}", playlist.name, playlist.get_absolute_url(), found)


def _there(user: Any, playlist: Playlist) -> QuerySet[PlaylistItem]:
    return items_for(user, playlist).filter(track__state=Track.State.PUBLISHED)


@require_POST
def more_of_playlist(request: HttpRequest, pk: int) -> JsonResponse:
    """What the player asks for at the end of a page: the next one's tracks, and where those after them are."""
    return _more(request, playlist_for(request.user, pk))


@require_POST
def more_by_link(request: HttpRequest, secret: str) -> JsonResponse:
    return _more(request, playlist_with_secret(request.user, secret))


def _more(request: HttpRequest, playlist: Playlist) -> JsonResponse:
    page = _page(request, playlist)
    rows: list[PlaylistItem] = page.items
    return JsonResponse(
        {
            "tracks": [for_player(row.track) for row in item_rows(request.user, rows) if row.track],
            "source": f"playlist:{playlist.pk}",
            "sourceLabel": playlist.name,
            "sourceHref": request.path.removesuffix("more/"),
            "href": f"{request.path}?{urlencode({'after': page.next_cursor})}" if page.next_cursor else "",
        }
    )
