"""All playlists that somebody has to do with, and one of them."""

from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import Least, RowNumber
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from listening.leaving_out import is_left_out
from listening.models import LeftOut
from music.models import Track
from music.paging import Order, Page, cursor_after, keyset_page
from music.views.browse import paging, tidy_address
from music.views.keep import MOST_TRACKS, kept_tracks, to_keep
from music.whole import answer, following, luck_of, shuffled, size_of
from playlists.access import folder_of, items_for, may_edit, playlist_for, playlist_with_secret
from playlists.art import PlaylistCard, art_of, cards_of
from playlists.drawing import drawn_items, item_rows
from playlists.editing import SORT_NAMES
from playlists.forms import FolderForm
from playlists.inviting import invitations_of
from playlists.models import Folder, Playlist, PlaylistItem
from users.access import blockers_of

PAGE_SIZE = 50
CARDS = 48
IN_FOLDER = 12
BY_NAME = Order("name", keys=("name",))
BY_POSITION = Order("position", keys=("position",))
THERE = Q(track__state=Track.State.PUBLISHED)
NEWEST = Order("newest", descending=True)


class Shelf(NamedTuple):
    """The first of `total` playlists; `of` is what the address of all of them says."""

    folder: Folder | None
    cards: list[PlaylistCard]
    total: int = 0
    of: str = "mine"

    @property
    def has_more(self) -> bool:
        return self.total > len(self.cards)


@require_safe
@tidy_address
def playlists(request: HttpRequest) -> HttpResponse:
    """One's own by folder, those one edits, and the public ones of others; or all of one kind, page by page."""
    user: Any = request.user
    if of := request.GET.get("of", ""):
        return _all_of(request, of)
    folders = list(Folder.objects.filter(owner=user))
    mine = list(_first_of_folders(user))
    edited = list(_edited(user).annotate(among=Window(Count("*"))).order_by("name", "pk")[:CARDS])
    page = _public(request)
    cards = cards_of(user, [*mine, *edited, *page.items])
    shared, public = cards[len(mine) : len(mine) + len(edited)], cards[len(mine) + len(edited) :]
    context = {
        "shelves": _shelves(folders, cards[: len(mine)]),
        "folder_form": FolderForm(instance=Folder(owner=user)),
        "invitations": invitations_of(user),
        "mine": mine,
        "shared": Shelf(None, shared, edited[0].among, "shared") if edited else None,
        "public": public,
        **paging(request, page),
    }
    return render(request, "playlists/playlists.html", context)


def _all_of(request: HttpRequest, of: str) -> HttpResponse:
    """All in no folder ("mine"), all that one edits ("shared"), or all in the folder of that number."""
    user: Any = request.user
    if of == "shared":
        name, rows = gettext("Edited together"), _edited(user)
    elif of == "mine":
        name, rows = gettext("My playlists"), Playlist.objects.of(user).filter(folder=None)
    else:
        folder = folder_of(user, int(of) if of.isascii() and of.isdecimal() else 0)
        name, rows = folder.name, Playlist.objects.of(user).filter(folder=folder)
    page = keyset_page(rows.select_related("owner__profile"), BY_NAME, after=request.GET.get("after", ""), size=CARDS)
    context = {"name": name, "cards": cards_of(user, page.items), **paging(request, page)}
    return render(request, "playlists/shelf.html", context)


def _first_of_folders(user: Any) -> QuerySet[Playlist]:
    """By name, each with how many there are in its folder; IN_FOLDER of each, and CARDS of what is in none."""
    folder = F("folder_id")
    mine = Playlist.objects.of(user).annotate(
        place=Window(RowNumber(), partition_by=folder, order_by=("name", "pk")),
        among=Window(Count("*"), partition_by=folder),
    )
    return mine.filter(Q(place__lte=IN_FOLDER) | Q(folder=None, place__lte=CARDS)).order_by("name", "pk")


def _edited(user: Any) -> QuerySet[Playlist]:
    return Playlist.objects.editable_by(user).exclude(owner=user).select_related("owner__profile")


def _public(request: HttpRequest) -> Page:
    user: Any = request.user
    public = Playlist.objects.filter(visibility=Playlist.Visibility.PUBLIC, owner__is_active=True).exclude(owner=user)
    public = public.exclude(owner__in=blockers_of(user))
    rows = public.select_related("owner__profile")
    return keyset_page(rows, NEWEST, after=request.GET.get("after", ""), size=CARDS)


def _shelves(folders: list[Folder], cards: list[PlaylistCard]) -> list[Shelf]:
    """What is in no folder comes first."""
    by_folder = {pk: list(each) for pk, each in groupby(sorted(cards, key=_folder_id), key=_folder_id)}
    return [_shelf(None, by_folder.get(0, [])), *(_shelf(folder, by_folder.get(folder.pk, [])) for folder in folders)]


def _shelf(folder: Folder | None, cards: list[PlaylistCard]) -> Shelf:
    counted: Any = cards[0].playlist if cards else None
    return Shelf(folder, cards, counted.among if counted else 0, str(folder.pk) if folder else "mine")


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
    tracks = [row.track for row in rows if row.track]
    context = {
        "playlist": playlist,
        "art": art_of(user, [playlist])[playlist.pk],
        "is_owner": playlist.owner_id == user.pk,
        "can_edit": can_edit,
        "is_left_out": is_left_out(user.pk, LeftOut.Kind.PLAYLIST, playlist.pk),
        "editors": editors,
        "has_tracks": bool(tracks),
        "tracks": tracks,
        "count": len(rows),
        "rows": drawn_items(rows, user, can_edit=can_edit, shows_who=bool(editors), unnamed=unnamed),
        "more_url": f"{request.path}more/?{urlencode({'after': page.next_cursor})}" if page.next_cursor else "",
        "whole_url": f"{request.path}more/",
        "keep_url": keep_url,
        **_sums(user, playlist),
        "sorts": SORT_NAMES,
        **paging(request, page),
    }
    return render(request, "playlists/playlist.html", context)


def _sums(user: Any, playlist: Playlist) -> dict[str, int]:
    """Of what the user sees: `Playlist.track_count` would tell of others' private tracks."""
    return items_for(user, playlist).aggregate(
        total=Count("pk"),
        duration_ms=Sum("duration_ms", default=0),
        keep_count=Least(Count("track_id", filter=THERE, distinct=True), MOST_TRACKS),
    )


def _page(request: HttpRequest, playlist: Playlist, order: Order = BY_POSITION, size: int = PAGE_SIZE) -> Page:
    items = items_for(request.user, playlist).select_related("added_by__profile")
    return keyset_page(items, order, after=request.GET.get("after", ""), size=size)


@require_safe
@never_cache
def keep_playlist(request: HttpRequest, pk: int) -> JsonResponse:
    """What a browser needs to keep it on its device: each track once, where it comes first."""
    playlist = playlist_for(request.user, pk)
    ids = list(dict.fromkeys(_there(request.user, playlist).values_list("track_id", flat=True)))[:MOST_TRACKS]
    tracks = {kept.row.pk: kept for kept in kept_tracks(Track.objects.visible_to(request.user).filter(pk__in=ids))}
    found = [tracks[pk] for pk in ids if pk in tracks]
    return to_keep(f"playlist:{pk}", playlist.name, playlist.get_absolute_url(), found)


def _there(user: Any, playlist: Playlist) -> QuerySet[PlaylistItem]:
    return items_for(user, playlist).filter(THERE)


@require_POST
def more_of_playlist(request: HttpRequest, pk: int) -> JsonResponse:
    """What the player asks for at the end of a page: the next one's tracks, and where those after them are."""
    return _more(request, playlist_for(request.user, pk))


@require_POST
def more_by_link(request: HttpRequest, secret: str) -> JsonResponse:
    return _more(request, playlist_with_secret(request.user, secret))


def _more(request: HttpRequest, playlist: Playlist) -> JsonResponse:
    """With `shuffled` in another order each time, that of the number which the address of what follows has."""
    luck = luck_of(request)
    order = shuffled(luck) if luck else BY_POSITION
    page = _page(request, playlist, order, size_of(request, PAGE_SIZE))
    return answer(
        request,
        [row.track for row in item_rows(request.user, page.items) if row.track],
        source=f"playlist:{playlist.pk}",
        label=playlist.name,
        **following(luck, page.next_cursor),
    )


def page_around(user: Any, playlist: Playlist, item_id: int) -> str:
    """The address of a page with that item about in the middle of it, or of the first page."""
    items = items_for(user, playlist)
    item = items.filter(pk=item_id).first()
    before = items.filter(position__lt=item.position).order_by("-position") if item else items.none()
    last = before.values_list("position", "pk")[PAGE_SIZE // 2 : PAGE_SIZE // 2 + 1]
    more = "".join(f"?{urlencode({'after': cursor_after(BY_POSITION, [*keys])})}" for keys in last)
    return f"{playlist.get_absolute_url()}{more}"
