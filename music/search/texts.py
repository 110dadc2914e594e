"""What can be found of each track, album and artist: its names, folded, in the columns of a table of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from music.albums import ALBUM_COLUMNS, ARTIST_COLUMNS
from music.models import Album, Artist, ArtistAlias, Track, TrackCredit
from music.rows import COLUMNS as TRACK_COLUMNS
from music.search.fold import fold

Texts = dict[int, tuple[str, ...]]


@dataclass(frozen=True)
class Table:
    """`columns` begin with the name and are worth `weights`; `texts` reads the rows of up to a thousand objects.

    `shown` is what a list shows of each, its id first.
    """

    name: str
    model: Any
    columns: tuple[str, ...]
    weights: tuple[float, ...]
    sort_column: str
    shown: tuple[str, ...]
    texts: Callable[[Sequence[int]], Texts]


def _of_tracks(ids: Sequence[int]) -> Texts:
    columns = ("pk", "title", "credit", "album__title", "album__album_artist__name")
    credits: dict[int, list[str]] = {}
    for pk, name in TrackCredit.objects.filter(track__in=ids).order_by("position").values_list("track", "artist__name"):
        credits.setdefault(pk, []).append(name)
    return {
        pk: (fold(title), _words(*credits.get(pk, ()), credit), _words(album, album_artist))
        for pk, title, credit, album, album_artist in Track.objects.filter(pk__in=ids).values_list(*columns)
    }


def _of_albums(ids: Sequence[int]) -> Texts:
    albums = Album.objects.filter(pk__in=ids).values_list("pk", "title", "album_artist__name")
    return {pk: (fold(title), fold(artist)) for pk, title, artist in albums}


def _of_artists(ids: Sequence[int]) -> Texts:
    aliases: dict[int, list[str]] = {}
    for pk, name in ArtistAlias.objects.filter(artist__in=ids).order_by("pk").values_list("artist", "name_key"):
        aliases.setdefault(pk, []).append(name)
    artists = Artist.objects.filter(pk__in=ids).values_list("pk", "name", "sort_name")
    return {pk: (fold(name), _words(sort_name, *aliases.get(pk, ()))) for pk, name, sort_name in artists}


def _words(*names: str | None) -> str:
    """The words of several names, each once."""
    return " ".join(dict.fromkeys(word for name in names if name for word in fold(name).split()))


TRACKS = Table("search_tracks", Track, ("name", "artist", "album"), (10, 6, 3), "sort_title", TRACK_COLUMNS, _of_tracks)
ALBUMS = Table("search_albums", Album, ("name", "artist"), (10, 5), "sort_title", ALBUM_COLUMNS, _of_albums)
ARTISTS = Table("search_artists", Artist, ("name", "others"), (10, 8), "sort_key", ARTIST_COLUMNS, _of_artists)
TABLES = (TRACKS, ALBUMS, ARTISTS)
