"""What was corrected in the catalogue, written into the files as well, where the operator wants it.

A file is never changed where it lies: a copy gets the new tags, its sound is compared, and it takes the old one's
place in one step.
"""

import fcntl
import hashlib
import logging
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from audio.facts import AudioFacts, Refused, Tags
from audio.sandbox import inspect_many, write_tags
from music.cataloguing import album_artist_of, credits_of
from music.files import cover_name, cover_path, discard_files
from music.models import LARGE, Artist, Track, name_key

logger = logging.getLogger(__name__)

ATTEMPTS = 3


def write_now(track_ids: Iterable[int]) -> None:
    """Published tracks only. What cannot be written is logged, and its neighbours are written all the same."""
    for pk in track_ids:
        try:
            _write(pk)
        except (OSError, Refused) as error:
            logger.warning("The tags of track %d are not written into its file: %s", pk, error)


def _write(pk: int) -> None:
    """Again when the file or its row has become another meanwhile. Raises OSError or Refused."""
    for _attempt in range(ATTEMPTS):
        track = _published(pk)
        if track is None:
            return
        with _alone(Path(track.file.path)):
            if _is_written(track):
                return


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """While nobody else writes into the same file."""
    with path.open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _published(pk: int) -> Track | None:
    tracks = Track.objects.filter(pk=pk, state=Track.State.PUBLISHED)
    return tracks.select_related("artist", "album__album_artist", "lyrics").first()


def _is_written(track: Track) -> bool:
    path = Path(track.file.path)
    facts = _inspected(path)
    tags, picture = said_of(track, facts.tags), _picture(track, facts)
    if tags == facts.tags and picture is None:
        return True
    place = Linked(track, path) if path.is_symlink() else Stored(track, path)
    refused = write_tags(path, place.copy, path.name, tags, picture)
    if refused:
        raise refused
    try:
        is_swapped = _swap(track, place, _inspected(place.copy, path.name))
    except Exception:  # anything worse leaves it to the sweep: by then the row may name the copy
        place.copy.unlink(missing_ok=True)
        raise
    if not is_swapped:
        place.copy.unlink(missing_ok=True)
    return is_swapped


def _inspected(path: Path, filename: str = "") -> AudioFacts:
    [facts] = inspect_many([(path, filename or path.name)], bulk=True)
    if isinstance(facts, Refused):
        raise facts
    return facts


def _picture(track: Track, facts: AudioFacts) -> bytes | None:
    """The track's picture where the file has another; the file's own is not taken out."""
    if not track.cover or (facts.covers and cover_name(facts.covers) == track.cover):
        return None
    picture = cover_path(track.cover, LARGE).read_bytes()
    return picture if hashlib.sha256(picture).hexdigest() != facts.cover_id else None


def _swap(track: Track, place: "Place", facts: AudioFacts) -> bool:
    """Whether the copy has taken its place: not when somebody else has changed the file since it was read."""
    with transaction.atomic():
        row = Track.objects.select_for_update().get(pk=track.pk)
        if (row.file.name, row.sha256) != (track.file.name, track.sha256):
            return False
        row.sha256, row.size_bytes, row.bitrate_kbps = facts.sha256, facts.size_bytes, facts.bitrate_kbps
        row.file.name = place.take()
        row.save(update_fields=["file", "sha256", "size_bytes", "bitrate_kbps"])
    return True


@dataclass
class Place:
    """Where the audio of a track lies, and where the copy of it is made."""

    track: Track
    path: Path

    def __post_init__(self) -> None:
        self.copy = self.copy_path()
        self.copy.parent.mkdir(parents=True, exist_ok=True)

    def copy_path(self) -> Path:
        raise NotImplementedError

    def take(self) -> str:
        """Put the copy in its place, within the transaction of its row; answers its name in the media folder."""
        raise NotImplementedError


class Stored(Place):
    """In the media folder, under another name: until the row names the new file, the old one is the track's."""

    def copy_path(self) -> Path:
        name = uuid.uuid4().hex
        return Path(settings.MEDIA_ROOT) / "tracks" / name[:2] / f"{name}{self.path.suffix}"

    def take(self) -> str:
        _to_disk(self.copy)
        self.copy.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        transaction.on_commit(partial(discard_files, str(self.track.file.name)), robust=True)
        return self.copy.relative_to(settings.MEDIA_ROOT).as_posix()


class Linked(Place):
    """In a folder of the operator's, where the file keeps its name, its owner and its permissions."""

    def copy_path(self) -> Path:
        """Always the same, so that the next attempt clears away what a crash left there."""
        self.original = self.path.resolve()
        return self.original.with_name(f".{self.path.stem}.part")

    def take(self) -> str:
        before = self.original.stat()
        shutil.copymode(self.original, self.copy)
        if (self.copy.stat().st_uid, self.copy.stat().st_gid) != (before.st_uid, before.st_gid):
            os.chown(self.copy, before.st_uid, before.st_gid)
        _to_disk(self.copy)
        self.copy.replace(self.original)
        self._remember(before)
        return str(self.track.file.name)

    def _remember(self, before: os.stat_result) -> None:
        """So that the next scan of the folder does not take it for a file that somebody else has changed."""
        after = self.original.stat()
        files: Any = self.track.library_files
        files.filter(size_bytes=before.st_size, mtime_ns=before.st_mtime_ns).update(
            size_bytes=after.st_size, mtime_ns=after.st_mtime_ns
        )


def _to_disk(path: Path) -> None:
    """The row that names the file, or the old file's end, must not survive a power cut that the file does not."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def said_of(track: Track, tags: Tags) -> Tags:
    """`tags` with what the catalogue says otherwise; what it says in the file's own words is left in those."""
    artists = list(track.artists.order_by("credits__position"))
    genres = tuple(track.genres.values_list("name", flat=True))
    lyrics = getattr(track, "lyrics", None)
    said = replace(
        tags,
        title=track.title,
        year=track.year,
        original_year=track.original_year,
        track_number=track.track_number,
        disc_number=track.disc_number,
        genres=tags.genres if set(genres) == set(tags.genres) else genres,
        lyrics=lyrics.text if lyrics else "",
        title_sort=tags.title_sort if track.title == tags.title else "",
    )
    credited = [name_key(name.name) for name in credits_of(tags)]
    if [artist.name_key for artist in artists] != credited or name_key(track.credited) != name_key(tags.artist):
        said = _with_artists(said, track, artists)
    return _with_album(said, track)


def _with_artists(tags: Tags, track: Track, artists: list[Artist]) -> Tags:
    return replace(
        tags,
        artist=track.credited,
        artists=tuple(artist.name for artist in artists),
        artist_mbids=_mbids(artists),
        artist_sort=track.artist.sort_name if len(artists) == 1 else "",
    )


def _with_album(tags: Tags, track: Track) -> Tags:
    album = track.album
    if album is None:
        return replace(tags, album="", album_sort="", release_mbid="", release_group_mbid="")
    if album.title != tags.album or album.release_mbid != tags.release_mbid:
        tags = replace(
            tags,
            album=album.title,
            album_sort="",
            release_mbid=album.release_mbid,
            release_group_mbid=album.release_group_mbid,
        )
    if album.album_artist.name_key != name_key(album_artist_of(tags).name):
        tags = replace(
            tags,
            album_artist=album.album_artist.name,
            album_artists=(album.album_artist.name,),
            album_artist_mbids=_mbids([album.album_artist]),
            album_artist_sort=album.album_artist.sort_name,
        )
    return tags


def _mbids(artists: list[Artist]) -> tuple[str, ...]:
    """All or none: which of them belongs to whom is said by their order."""
    mbids = tuple(artist.artist_mbid for artist in artists)
    return mbids if all(mbids) else ()
