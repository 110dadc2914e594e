"""What the numbers are called, and where they lead: only what the reader may see, and what the listener heard."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from listening.figures import names
from music.models import Album, Artist, Genre
from music.models.covers import generated_cover_url
from music.rows import in_this_order

KINDS = {"tracks": "track", "albums": "album", "artists": "artist", "genres": "genre"}


class Named(NamedTuple):
    """`href` is empty where the reader has no page to go to. `cover` names an uploaded picture."""

    name: str
    by: str
    href: str
    picture: str
    cover: str = ""


def named(reader: Any, what: str, keys: Iterable[Any], *, is_own: bool, is_shared: bool = False) -> dict[Any, Named]:
    """By id, genres by slug. Of somebody else's listening only what the reader may see is named.

    If they share it themselves, also what only their imported listens have: it is nobody's here.
    """
    keys = list(keys)
    found = SEEN[what](reader, keys) if keys else {}
    missing = [key for key in keys if key not in found and (is_own or (is_shared and _is_not_here(key)))]
    if missing:
        found |= _remembered(what, missing)
    return found


def _is_not_here(key: Any) -> bool:
    return isinstance(key, int) and key < 0


def _remembered(what: str, keys: list[Any]) -> dict[Any, Named]:
    kind = KINDS[what]
    if what == "genres":
        return {key: Named(key, "", "", generated_cover_url(kind, key)) for key in keys}
    return {
        key: Named(heard.name, heard.artist_name, "", generated_cover_url(kind, abs(key)))
        for key, heard in names(kind, keys).items()
        if heard.name
    }


def _tracks(reader: Any, keys: list[int]) -> dict[Any, Named]:
    rows = in_this_order(reader, [key for key in keys if key > 0])
    return {
        row.pk: Named(
            row.title, row.credited, row.get_absolute_url(), row.cover_url, row.cover or row.album_cover or ""
        )
        for row in rows
    }


def _albums(reader: Any, keys: list[int]) -> dict[Any, Named]:
    albums = Album.objects.visible_to(reader).with_artist().filter(pk__in=keys)
    return {
        each.pk: Named(each.title, each.album_artist.name, each.get_absolute_url(), each.cover_url, each.cover)
        for each in albums
    }


def _artists(reader: Any, keys: list[int]) -> dict[Any, Named]:
    artists = Artist.objects.visible_to(reader).filter(pk__in=keys)
    return {each.pk: Named(each.name, "", each.get_absolute_url(), each.cover_url) for each in artists}


def _genres(reader: Any, keys: list[str]) -> dict[Any, Named]:
    genres = Genre.objects.known_to(reader).filter(slug__in=keys)
    return {each.slug: Named(each.name, "", each.get_absolute_url(), each.cover_url) for each in genres}


SEEN: dict[str, Callable[[Any, list[Any]], dict[Any, Named]]] = {
    "tracks": _tracks,
    "albums": _albums,
    "artists": _artists,
    "genres": _genres,
}
