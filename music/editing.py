"""Changing what the catalogue says about tracks: one or hundreds at once, all of them or none."""

from collections.abc import Iterable, Sequence
from functools import partial

from django.db import transaction

from audio.facts import TIMED_LINE
from music.album_covers import refresh_album_covers
from music.album_moves import move_between_albums
from music.cataloguing import ArtistName, artists_named, genres_named
from music.changes import KEEP, Keep, TrackChanges
from music.files import discard_files, store_cover
from music.joining import tracks_named
from music.models import Artist, Lyrics, Track, TrackCredit, name_key
from music.removal import discard_unused
from music.search import index_tracks
from music.search.fold import sort_key
from music.tasks import write_tags_later

__all__ = ["KEEP", "TrackChanges", "edit_tracks"]

PLAIN_FIELDS = ("title", "year", "track_number", "disc_number", "visibility")


def edit_tracks(tracks: Iterable[Track], changes: TrackChanges) -> list[Track]:
    """The tracks as they are now. How many queries it takes depends on their albums, not on how many they are."""
    picture = KEEP if changes.cover is KEEP else store_cover(changes.cover)
    with transaction.atomic():
        edited = _locked(tracks)
        left = _Links(edited)
        _set_fields(edited, changes, picture)
        _set_credits(edited, changes)
        _set_genres(edited, changes)
        _set_lyrics(edited, changes)
        move_between_albums(edited, left.main_artists, changes)
        left.tidy(edited)
        index_tracks(track.pk for track in edited)
        tracks_named(track.pk for track in edited)
        if changes != TrackChanges(visibility=changes.visibility):
            write_tags_later(track.pk for track in edited)
    return edited


def _locked(tracks: Iterable[Track]) -> list[Track]:
    """Fresh from the database, in the order they came in."""
    pks = [track.pk for track in tracks]
    rows = Track.objects.select_for_update(of=("self",)).select_related("artist", "album__album_artist")
    found = rows.order_by("pk").in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]


class _Links:
    """What the tracks hung on before, and what has to go once nothing does."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        pks = [track.pk for track in tracks]
        self.main_artists = {track.pk: track.artist_id for track in tracks}
        albums = {track.album for track in tracks if track.album}
        self.albums = {album.pk for album in albums}
        self.covers = {track.cover for track in tracks} | {album.cover for album in albums}
        self.artists = set(TrackCredit.objects.filter(track__in=pks).values_list("artist", flat=True))
        self.artists |= {*self.main_artists.values(), *(album.album_artist_id for album in albums)}
        self.genres = set(Track.genres.through.objects.filter(track__in=pks).values_list("genre", flat=True))

    def tidy(self, tracks: Sequence[Track]) -> None:
        discard_unused(self.albums, self.artists, self.genres)
        refresh_album_covers(self.albums | {track.album_id for track in tracks if track.album_id})
        transaction.on_commit(partial(discard_files, "", *self.covers - {track.cover for track in tracks}))


def _set_fields(tracks: Sequence[Track], changes: TrackChanges, picture: str | Keep) -> None:
    asked = {name: getattr(changes, name) for name in PLAIN_FIELDS} | {"cover": picture}
    values = {name: value for name, value in asked.items() if value is not KEEP}
    if "title" in values:
        values["sort_title"] = sort_key(values["title"])
    _update(tracks, **values)


def _set_credits(tracks: Sequence[Track], changes: TrackChanges) -> None:
    if changes.artists is KEEP:
        return
    named = _artists(changes.artists)
    credit = ", ".join(artist.name for artist in named)[:255] if len(named) > 1 else ""
    TrackCredit.objects.filter(track__in=tracks).delete()
    TrackCredit.objects.bulk_create(
        TrackCredit(track=track, artist=artist, position=position)
        for track in tracks
        for position, artist in enumerate(named)
    )
    _update(tracks, artist=named[0], sort_artist=named[0].sort_key, credit=credit)


def _artists(names: Iterable[str]) -> list[Artist]:
    """Each once, in order; an alias of several stands for all of them."""
    found = artists_named(ArtistName(name) for name in names)
    return list(dict.fromkeys(artist for name in names for artist in found[name_key(name)]))


def _set_genres(tracks: Sequence[Track], changes: TrackChanges) -> None:
    if changes.genres is KEEP:
        return
    found = genres_named(changes.genres)
    genres = dict.fromkeys(genre for name in changes.genres for genre in found[name])
    through = Track.genres.through
    through.objects.filter(track__in=tracks).delete()
    through.objects.bulk_create(through(track=track, genre=genre) for track in tracks for genre in genres)


def _set_lyrics(tracks: Sequence[Track], changes: TrackChanges) -> None:
    if changes.lyrics is KEEP:
        return
    Lyrics.objects.filter(track__in=tracks).delete()
    if changes.lyrics:
        is_synced = TIMED_LINE.search(changes.lyrics) is not None
        Lyrics.objects.bulk_create(Lyrics(track=track, text=changes.lyrics, is_synced=is_synced) for track in tracks)


def _update(tracks: Sequence[Track], **values: object) -> None:
    if not values:
        return
    Track.objects.filter(pk__in=[track.pk for track in tracks]).update(**values)
    for track in tracks:
        for name, value in values.items():
            setattr(track, name, value)
