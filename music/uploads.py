"""From a file that somebody sent to a track in the catalogue, or to a refusal that says what to do."""

import errno
import hashlib
import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from audio.facts import AudioFacts, Refused
from audio.sandbox import inspect_many
from music.files import discard_files, store_audio, store_cover
from music.models import Album, Artist, Genre, Track

logger = logging.getLogger(__name__)

# Each inspection may take a core and a quarter of a gigabyte; the others wait their turn.
INSPECTIONS = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class UploadResult:
    """What became of one file: `track` is the new one, or the one that was there already."""

    filename: str
    state: str
    message: str
    track: Track | None = None


@dataclass(frozen=True)
class Incoming:
    """A file on its way in: where its bytes lie, and what the sender called it."""

    path: Path
    filename: str


def receive(
    user: Any, files: Sequence[Incoming], *, visibility: str, fallback_genres: Sequence[Genre] = ()
) -> Iterator[UploadResult]:
    """Check each file and add it to the catalogue; one result a file, in order."""
    with INSPECTIONS:
        verdicts = inspect_many((file.path, file.filename) for file in files)
        for file, verdict in zip(files, verdicts, strict=True):
            if isinstance(verdict, Refused):
                yield UploadResult(file.filename, "refused", str(verdict))
            else:
                yield _admit(user, file, verdict, visibility, fallback_genres)


def _admit(
    user: Any, file: Incoming, facts: AudioFacts, visibility: str, fallback_genres: Sequence[Genre]
) -> UploadResult:
    if twin := Track.objects.visible_to(user).filter(audio_sha256=facts.audio_sha256).first():
        return _duplicate(file, twin)
    try:
        track = add_track(user, file, facts, visibility, fallback_genres)
    except (DatabaseError, OSError) as error:
        return _not_stored(user, file, facts, error)
    return UploadResult(file.filename, "added", _("Added."), track)


def _not_stored(user: Any, file: Incoming, facts: AudioFacts, error: Exception) -> UploadResult:
    """The same audio came in meanwhile, or this one file could not be kept; its neighbours go on."""
    if twin := Track.objects.filter(uploader=user, audio_sha256=facts.audio_sha256).first():
        return _duplicate(file, twin)
    logger.error("An upload was not stored", exc_info=error)
    if getattr(error, "errno", None) == errno.ENOSPC:
        return UploadResult(file.filename, "refused", _("There is no room left on the server. Tell those who run it."))
    return UploadResult(file.filename, "refused", _("It could not be stored just now. Send it again."))


def _duplicate(file: Incoming, twin: Track) -> UploadResult:
    return UploadResult(file.filename, "duplicate", _("Already in the library, so it was not stored again."), twin)


def add_track(
    user: Any, file: Incoming, facts: AudioFacts, visibility: str, fallback_genres: Sequence[Genre] = ()
) -> Track:
    """Store the file under a name of our own and write its row; neither stays without the other.

    Raises IntegrityError when this user already has the same audio.
    """
    artists_and_genres_first(facts)
    picture = stored_name = ""
    try:
        picture = store_cover(facts.covers)
        stored_name = store_audio(file.path, facts.format)
        with transaction.atomic():
            return _write_track(user, file, facts, visibility, fallback_genres, stored_name, picture)
    except BaseException:
        discard_files(stored_name, picture)
        raise


def artists_and_genres_first(facts: AudioFacts) -> None:
    """Make what many uploads share before the transaction: two that meet inside it could wait for each other."""
    artist_named(facts.tags.artist, facts.tags.artist_mbid)
    genres_named(facts.tags.genres)


def _write_track(
    user: Any,
    file: Incoming,
    facts: AudioFacts,
    visibility: str,
    fallback_genres: Sequence[Genre],
    stored_name: str,
    picture: str,
) -> Track:
    tags = facts.tags
    artist = artist_named(tags.artist, tags.artist_mbid)
    track = Track.objects.create(
        title=tags.title,
        artist=artist,
        album=_album(facts, artist, picture if visibility == Track.Visibility.PUBLIC else ""),
        year=tags.year,
        track_number=tags.track_number,
        disc_number=tags.disc_number,
        recording_mbid=tags.recording_mbid,
        uploader=user,
        visibility=visibility,
        file=stored_name,
        original_filename=file.filename[:255],
        sha256=facts.sha256,
        audio_sha256=facts.audio_sha256,
        format=facts.format,
        size_bytes=facts.size_bytes,
        duration_ms=facts.duration_ms,
        bitrate_kbps=facts.bitrate_kbps,
        sample_rate_hz=facts.sample_rate_hz,
        channels=facts.channels,
        track_gain_db=tags.track_gain_db,
        track_peak=tags.track_peak,
        album_gain_db=tags.album_gain_db,
        album_peak=tags.album_peak,
        cover=picture,
    )
    track.genres.set(genres_named(tags.genres) or fallback_genres)
    return track


def _album(facts: AudioFacts, artist: Artist, picture: str) -> Album | None:
    tags = facts.tags
    if not tags.album:
        return None
    album_artist = artist_named(tags.album_artist, tags.album_artist_mbid) if tags.album_artist else artist
    album, _made = Album.objects.get_or_create(
        album_artist=album_artist,
        title=tags.album,
        year=tags.year,
        defaults={"release_mbid": tags.release_mbid, "cover": picture},
    )
    if picture and not album.cover:
        album.cover = picture
        album.save(update_fields=["cover"])
    return album


def artist_named(name: str, mbid: str = "") -> Artist:
    """The artist of that name, whatever its capitals; made when there is none."""
    name = name or _("Unknown artist")
    known = Artist.objects.filter(name__iexact=name).first()
    return known or Artist.objects.get_or_create(name=name, defaults={"artist_mbid": mbid})[0]


def genres_named(names: Iterable[str]) -> list[Genre]:
    return [genre_named(name) for name in sorted(names)]


def genre_named(name: str) -> Genre:
    slug = slugify(name, allow_unicode=True)[:80] or hashlib.sha256(name.encode()).hexdigest()[:12]
    known = Genre.objects.filter(Q(slug=slug) | Q(name__iexact=name)).first()
    return known or Genre.objects.get_or_create(slug=slug, defaults={"name": name})[0]


def discard_private_uploads(user: Any) -> None:
    """Delete the tracks that only this user could hear."""
    discard(Track.objects.filter(uploader=user, visibility=Track.Visibility.PRIVATE))


def discard(tracks: QuerySet[Any]) -> None:
    """Delete tracks with their files, and the albums, artists, genres and pictures that nothing is left of.

    Files go when the transaction is through: one that is rolled back keeps them.
    """
    gone = list(tracks.values_list("file", "cover", "album__cover"))
    albums, artists, genres = (set(tracks.values_list(name, flat=True)) for name in ("album", "artist", "genres"))
    with transaction.atomic():
        artists |= set(Album.objects.filter(pk__in=albums).values_list("album_artist", flat=True))
        tracks.delete()
        Album.objects.filter(pk__in=albums, tracks=None).delete()
        Artist.objects.filter(pk__in=artists, tracks=None, albums=None).delete()
        Genre.objects.filter(pk__in=genres, tracks=None, is_suggested=False).delete()
        for names in gone:
            transaction.on_commit(partial(discard_files, *names))
