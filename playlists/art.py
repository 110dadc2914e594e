"""The picture of a playlist: its own, or up to four covers of what is in it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery

from music.models import LARGE, Track, cover_url, generated_cover_url
from music.querysets import visible
from playlists.models import Playlist, PlaylistItem

LOOKED_AT = 8
CORNERS = {2: (0, 1, 1, 0), 3: (0, 1, 2, 0), 4: (0, 1, 2, 3)}


class Art(NamedTuple):
    """Four addresses for a mosaic, or none and one picture."""

    covers: list[str]
    picture: str


def art_of(user: Any, playlists: Iterable[Playlist]) -> dict[int, Art]:
    """Of each, by its id, as far as the user may see what is in it; for two queries."""
    shown = list(playlists)
    firsts = _first_tracks(user, [playlist.pk for playlist in shown if not playlist.cover])
    ids = {track_id for tracks in firsts.values() for track_id in tracks}
    tracks = Track.objects.filter(pk__in=ids).select_related("album").only("cover", "album__cover") if ids else []
    covers = {track.pk: track.cover_url for track in tracks}
    return {
        playlist.pk: _art(playlist, [covers[pk] for pk in firsts.get(playlist.pk, []) if pk in covers])
        for playlist in shown
    }


def _first_tracks(user: Any, ids: list[int]) -> dict[int, list[int]]:
    if not ids:
        return {}
    if len(ids) == 1:  # the page of one does not have to put eight questions together
        items = PlaylistItem.objects.filter(visible(user, "track__"), playlist=ids[0]).order_by("position")
        return {ids[0]: list(items.values_list("track_id", flat=True)[:LOOKED_AT])}
    items = PlaylistItem.objects.filter(visible(user, "track__"), playlist=OuterRef("pk")).order_by("position")
    nth = {f"n{number}": Subquery(items.values("track_id")[number : number + 1]) for number in range(LOOKED_AT)}
    rows = Playlist.objects.filter(pk__in=ids).annotate(**nth).values_list("pk", *nth)
    return {pk: [track_id for track_id in tracks if track_id] for pk, *tracks in rows}


def _art(playlist: Playlist, covers: list[str]) -> Art:
    if playlist.cover:
        return Art([], cover_url(playlist.cover, LARGE))
    different = list(dict.fromkeys(covers))[:4]
    if len(different) > 1:
        return Art([different[corner] for corner in CORNERS[len(different)]], "")
    return Art([], different[0] if different else generated_cover_url("playlist", playlist.pk))
