"""From a file that somebody sent to a track in the catalogue, or to a refusal that says what to do."""

import errno
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _

from audio.facts import AudioFacts, Refused
from audio.sandbox import inspect_many
from music.cataloguing import NewTrack, add_tracks
from music.files import discard_files, store_audio, store_cover
from music.models import Genre, Track

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
    picture = stored_name = ""
    try:
        picture = store_cover(facts.covers)
        stored_name = store_audio(file.path, facts.format)
        new = NewTrack(
            facts=facts,
            uploader=user,
            file=stored_name,
            original_filename=file.filename,
            cover=picture,
            visibility=visibility,
            fallback_genres=tuple(fallback_genres),
        )
        return add_tracks([new])[0]
    except BaseException:
        discard_files(stored_name, picture)
        raise
