"""What the numbers are called, and where they lead: only what the reader may see, and what the listener heard."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from listening.figures import names
from music.compiled import ID, Compiled, compiled, places
from music.links import link
from music.models import SMALL, Album, Artist, Genre, cover_url, generated_cover_url
from music.rows import known, somebody, visible_rows

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
    rows = visible_rows(reader, [key for key in keys if key > 0])
    return {
        row.pk: Named(
            row.title, row.credited, row.get_absolute_url(), row.cover_url, row.cover or row.album_cover or ""
        )
        for row in rows
    }


def _albums(reader: Any, keys: list[int]) -> dict[Any, Named]:
    found = _visible_albums(len(keys)).rows(known(reader, keys))
    return {
        pk: Named(title, by, link("album", pk), cover_url(cover, SMALL) if cover else _generated("albums", pk), cover)
        for pk, title, by, cover in found
    }


def _artists(reader: Any, keys: list[int]) -> dict[Any, Named]:
    found = _visible_artists(len(keys)).rows(known(reader, keys))
    return {pk: Named(name, "", link("artist", pk), _generated("artists", pk)) for pk, name in found}


def _genres(reader: Any, keys: list[str]) -> dict[Any, Named]:
    marks = map(str, places(len(keys)))
    found = _known_genres(len(keys)).rows({ID: reader.pk, **dict(zip(marks, keys, strict=True))})
    return {slug: Named(name, "", link("genre", slug), _generated("genres", slug)) for slug, name in found}


def _generated(what: str, key: Any) -> str:
    return generated_cover_url(KINDS[what], key)


@lru_cache(maxsize=128)
def _visible_albums(count: int) -> Compiled:
    albums = Album.objects.visible_to(somebody()).filter(pk__in=places(count))
    return compiled(albums.values_list("pk", "title", "album_artist__name", "cover"))


@lru_cache(maxsize=128)
def _visible_artists(count: int) -> Compiled:
    return compiled(Artist.objects.visible_to(somebody()).filter(pk__in=places(count)).values_list("pk", "name"))


@lru_cache(maxsize=128)
def _known_genres(count: int) -> Compiled:
    slugs = map(str, places(count))
    return compiled(Genre.objects.known_to(somebody()).filter(slug__in=list(slugs)).values_list("slug", "name"))


SEEN: dict[str, Callable[[Any, list[Any]], dict[Any, Named]]] = {
    "tracks": _tracks,
    "albums": _albums,
    "artists": _artists,
    "genres": _genres,
}
