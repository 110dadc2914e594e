"""Albums as lists show them: with the columns that are shown alone, as the ORM would have them after `only`."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS

from music.compiled import Compiled, compiled, places
from music.models import Album, Artist

# In the order in which the models have them.
COLUMNS = ("id", "title", "album_artist_id", "year", "original_year", "kind", "cover", "album_artist__name")


def albums_in_this_order(ids: Iterable[int]) -> list[Album]:
    """The albums of these ids, of which somebody has found out that the reader may see them."""
    ids = list(ids)
    found = _shown(len(ids)).rows(dict(zip(places(len(ids)), ids, strict=True))) if ids else []
    albums = {values[0]: album_of(values) for values in found}
    return [albums[pk] for pk in ids if pk in albums]


def album_of(values: tuple[Any, ...]) -> Album:
    """Of its COLUMNS."""
    *own, artist_name = values
    album = Album.from_db(DEFAULT_DB_ALIAS, COLUMNS[:-1], own)
    album.album_artist = Artist.from_db(DEFAULT_DB_ALIAS, ("id", "name"), (album.album_artist_id, artist_name))
    return album


@lru_cache(maxsize=128)
def _shown(count: int) -> Compiled:
    return compiled(Album.objects.filter(pk__in=places(count)).order_by().values_list(*COLUMNS))
