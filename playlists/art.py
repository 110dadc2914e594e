"""The picture of a playlist: its own, or up to four covers of what is in it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from music.models import LARGE, Album, Track, cover_url, generated_cover_url
from music.querysets import visible
from playlists.models import Playlist, PlaylistItem

LOOKED_AT = 8
NTH = [f"n{number}" for number in range(LOOKED_AT)]
LOOK = JSONObject(track="track_id", cover="track__cover", album="track__album_id", album_cover="track__album__cover")
Look = dict[str, Any]
CORNERS = {2: (0, 1, 1, 0), 3: (0, 1, 2, 0), 4: (0, 1, 2, 3)}


class Art(NamedTuple):
    """Four addresses for a mosaic, or none and one picture."""

    covers: list[str]
    picture: str


class PlaylistCard(NamedTuple):
    playlist: Playlist
    art: Art
    is_own: bool


def cards_of(user: Any, playlists: Iterable[Playlist]) -> list[PlaylistCard]:
    shown = list(playlists)
    art = art_of(user, shown)
    return [PlaylistCard(each, art[each.pk], each.owner_id == user.pk) for each in shown]


def cards_asked_for(user: Any, playlists: QuerySet[Playlist]) -> list[PlaylistCard]:
    """Of all that the query finds, which should be few: for that one query."""
    shown = _with_firsts(user, playlists)
    return [PlaylistCard(each, _art(each, _firsts_in(each)), each.owner_id == user.pk) for each in shown]


def art_of(user: Any, playlists: Iterable[Playlist]) -> dict[int, Art]:
    """Of each, by its id, as far as the user may see what is in it; for one query."""
    shown = list(playlists)
    firsts = _first_tracks(user, [playlist.pk for playlist in shown if not playlist.cover])
    return {playlist.pk: _art(playlist, firsts.get(playlist.pk, [])) for playlist in shown}


def _first_tracks(user: Any, ids: list[int]) -> dict[int, list[Look]]:
    if not ids:
        return {}
    if len(ids) == 1:  # the page of one does not have to put eight questions together
        return {ids[0]: list(_looks(user, ids[0])[:LOOKED_AT])}
    return {each.pk: _firsts_in(each) for each in _with_firsts(user, Playlist.objects.filter(pk__in=ids).only("pk"))}


def _with_firsts(user: Any, playlists: QuerySet[Playlist]) -> QuerySet[Playlist]:
    looks = _looks(user, OuterRef("pk"))
    return playlists.annotate(**{name: Subquery(looks[number : number + 1]) for number, name in enumerate(NTH)})


def _firsts_in(playlist: Playlist) -> list[Look]:
    return [look for name in NTH if (look := getattr(playlist, name))]


def _looks(user: Any, playlist: Any) -> Any:
    items = PlaylistItem.objects.filter(visible(user, "track__"), playlist=playlist).order_by("position")
    return items.values_list(LOOK, flat=True)


def _cover(look: Look) -> str:
    album = Album(look["album"], cover=look["album_cover"]) if look["album"] else None
    return Track(look["track"], cover=look["cover"], album=album).cover_url


def _art(playlist: Playlist, firsts: list[Look]) -> Art:
    if playlist.cover:
        return Art([], cover_url(playlist.cover, LARGE))
    different = list(dict.fromkeys(map(_cover, firsts)))[:4]
    if len(different) > 1:
        return Art([different[corner] for corner in CORNERS[len(different)]], "")
    return Art([], different[0] if different else generated_cover_url("playlist", playlist.pk))
