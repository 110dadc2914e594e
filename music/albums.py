"""Albums and artists as lists show them: plain columns, because objects of the ORM cost more than to draw them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from music.compiled import Compiled, compiled, places
from music.links import link
from music.models import SMALL, Album, cover_url, generated_cover_url

ARTIST_COLUMNS = ("id", "name")
ALBUM_COLUMNS = ("id", "title", "album_artist_id", "album_artist__name", "year", "original_year", "kind", "cover")


class ArtistRow(NamedTuple):
    pk: int
    name: str

    @property
    def cover_url(self) -> str:
        return generated_cover_url("artist", self.pk)

    def get_absolute_url(self) -> str:
        return link("artist", self.pk)


class AlbumRow(NamedTuple):
    pk: int
    title: str
    artist_id: int
    artist_name: str
    year: int | None
    original_year: int | None
    kind: str
    cover: str

    @property
    def first_year(self) -> int | None:
        return self.original_year or self.year

    @property
    def cover_url(self) -> str:
        return cover_url(self.cover, SMALL) if self.cover else generated_cover_url("album", self.pk)

    def get_absolute_url(self) -> str:
        return link("album", self.pk)


def albums_in_this_order(ids: Iterable[int]) -> list[AlbumRow]:
    """The albums of these ids, of which somebody has found out that the reader may see them."""
    ids = list(ids)
    found = _shown(len(ids)).rows(dict(zip(places(len(ids)), ids, strict=True))) if ids else []
    albums = {values[0]: AlbumRow._make(values) for values in found}
    return [albums[pk] for pk in ids if pk in albums]


@lru_cache(maxsize=128)
def _shown(count: int) -> Compiled:
    return compiled(Album.objects.filter(pk__in=places(count)).order_by().values_list(*ALBUM_COLUMNS))
