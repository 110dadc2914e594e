"""Tracks as lists show them: plain columns, because objects of the ORM cost more than all the rest of a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth import get_user_model

from music.compiled import ID, Compiled, compiled, places
from music.links import link
from music.models import SMALL, THUMB, Genre, Track, cover_url, generated_cover_url

if TYPE_CHECKING:
    from music.querysets import TrackQuerySet

COLUMNS = (
    "pk",
    "title",
    "artist_id",
    "artist__name",
    "credit",
    "album_id",
    "album__title",
    "album__cover",
    "cover",
    "visibility",
    "duration_ms",
    "track_number",
    "disc_number",
    "disc_subtitle",
)


PRIVATE = Track.Visibility.PRIVATE.value


class TrackRow(NamedTuple):
    """`genre` is the slug and the name of the first by name, or of the one whose tracks are listed."""

    pk: int
    title: str
    artist_id: int
    artist_name: str
    credit: str
    album_id: int | None
    album_title: str | None
    album_cover: str | None
    cover: str
    visibility: str
    duration_ms: int
    track_number: int | None
    disc_number: int | None
    disc_subtitle: str
    genre: tuple[str, str] | None = None

    @property
    def credited(self) -> str:
        return self.credit or self.artist_name

    @property
    def is_private(self) -> bool:
        return self.visibility == PRIVATE

    @property
    def thumb_url(self) -> str:
        return self._cover_url(THUMB)

    @property
    def cover_url(self) -> str:
        return self._cover_url(SMALL)

    def _cover_url(self, size: int) -> str:
        if picture := self.cover or self.album_cover:
            return cover_url(picture, size)
        if self.album_id:
            return generated_cover_url("album", self.album_id)
        return generated_cover_url("track", self.pk)

    def get_absolute_url(self) -> str:
        return link("track", self.pk)


def for_player(row: TrackRow) -> dict[str, Any]:
    """What the play buttons of a page tell the player (theme/static_src/src/player/play_buttons.js)."""
    return {
        "id": str(row.pk),
        "src": link("stream", row.pk),
        "title": row.title,
        "artist": row.credited,
        "artistHref": link("artist", row.artist_id),
        "album": row.album_title or "",
        "albumHref": link("album", row.album_id) if row.album_id else "",
        "cover": row.cover_url,
        "href": row.get_absolute_url(),
        "durationMs": row.duration_ms,
    }


def rows_of(tracks: TrackQuerySet) -> list[TrackRow]:
    """The tracks of the queryset, in its order, for two queries."""
    return with_genres([TrackRow(*values) for values in tracks.values_list(*COLUMNS)])


def in_this_order(
    user: Any, ids: list[int], genre: Genre | None = None, read: Mapping[int, tuple[Any, ...]] | None = None
) -> list[TrackRow]:
    """The tracks of these ids that the user may hear; with a genre that all of them have it is the one they show.

    `read` are the COLUMNS of those that somebody has read who asked whether the user may hear them.
    """
    if not user.is_authenticated:
        return []
    found = dict(read or {})
    if rest := [pk for pk in ids if pk not in found]:
        known = dict.fromkeys(places(len(ids)), 0) | _known(rest)
        found |= {values[0]: values for values in _visible(len(ids)).rows({ID: user.pk, **known})}
    genres = {} if genre or not found else _genres_of(len(ids), _known(ids))
    of_all = (genre.slug, genre.name) if genre else None
    return [TrackRow._make((*found[pk], of_all or genres.get(pk))) for pk in ids if pk in found]


def visible_rows(user: Any, ids: list[int], genre: tuple[str, str] | None = None) -> list[TrackRow]:
    """The same in any order, and without a question for the genres that they have."""
    if not user.is_authenticated or not ids:
        return []
    return [TrackRow._make((*values, genre)) for values in _visible(len(ids)).rows(known(user, ids))]


def somebody() -> Any:
    """Who has signed in, in what is to be compiled: ID stands for theirs."""
    return get_user_model()(pk=ID)


def known(user: Any, ids: list[int]) -> dict[int, int]:
    """What to put in the place of ID and of `places`."""
    return {ID: user.pk, **_known(ids)}


def visible_to_somebody() -> TrackQuerySet:
    """What somebody who has signed in may hear."""
    return Track.objects.visible_to(somebody())


@lru_cache(maxsize=128)
def _visible(count: int) -> Compiled:
    return compiled(visible_to_somebody().filter(pk__in=places(count)).values_list(*COLUMNS))


def with_genres(rows: Iterable[TrackRow]) -> list[TrackRow]:
    rows = list(rows)
    genres = _genres_of(len(rows), _known([row.pk for row in rows])) if rows else {}
    return [TrackRow(*row[:-1], genres.get(row.pk)) for row in rows]


def _genres_of(count: int, known: dict[int, int]) -> dict[int, tuple[str, str]]:
    """Of each track: slug and name."""
    return {pk: (slug, name) for pk, slug, name in _genres(count).rows(known)}


@lru_cache(maxsize=128)
def _genres(count: int) -> Compiled:
    """Those later by name first: the first by name is what stays."""
    links = Track.genres.through.objects.filter(track_id__in=places(count)).order_by("-genre__name")
    return compiled(links.values_list("track_id", "genre__slug", "genre__name"))


def _known(ids: list[int]) -> dict[int, int]:
    return dict(zip(places(len(ids)), ids, strict=True))


def row_of(track: Track) -> TrackRow:
    """The row of an object that is there already, read `with_credits()`."""
    genre = next(iter(track.genres.all()), None)
    row = TrackRow(*(_at(track, column) for column in COLUMNS))
    return row._replace(genre=(genre.slug, genre.name)) if genre else row


def _at(track: Any, column: str) -> Any:
    """ "album__title" of a track without an album is None, as in SQL."""
    for name in column.split("__"):
        track = getattr(track, name, None)
    return track
