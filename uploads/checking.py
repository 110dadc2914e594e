"""From a file that has arrived to a draft for its sender to review, or to a reason why there is none."""

import errno
import logging
from typing import Any

from django.contrib.auth import get_user_model
from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from audio.facts import AudioFacts, Refused
from audio.sandbox import inspect_many
from music.cataloguing import NewTrack, add_tracks
from music.changes import TrackChanges
from music.files import adopt_audio, discard_files, store_cover
from music.models import Track
from music.refusing import why_refused
from uploads import sidecars
from uploads.models import Upload
from uploads.twins import already_here, same_file, twin_of

logger = logging.getLogger(__name__)

ATTEMPTS = 3
WAITING = (Upload.State.RECEIVED, Upload.State.CHECKED)


def check_now(upload_id: str) -> None:
    """Safe to repeat after a crash anywhere, and to run twice at once: it ends in one draft, or in one reason.

    The file stays where it arrived until that is committed. Raises OperationalError when the database is out of
    reach and CannotInspect when no inspector starts: then nothing has changed, and it is to be tried again.
    """
    upload = Upload.objects.filter(pk=upload_id).exclude(state=Upload.State.RECEIVING).first()
    if upload is None:
        return
    if upload.state in WAITING:
        _check(upload)
    upload.path.unlink(missing_ok=True)


def give_up(upload_id: str) -> None:
    """Refuse a file whose check has ended its worker again and again."""
    if upload := Upload.objects.filter(pk=upload_id, state__in=WAITING).first():
        _settle(
            upload,
            Upload.State.REFUSED,
            gettext_noop("This file could not be checked. Export it again, or leave it out."),
        )
        upload.path.unlink(missing_ok=True)


def _check(upload: Upload) -> None:
    verdict = _verdict(upload)
    if isinstance(verdict, Refused):
        _settle(upload, Upload.State.REFUSED, str(verdict))
        return
    _settle(upload, Upload.State.CHECKED)
    try:
        _catalogue_in_spite_of_others(upload, verdict)
    except OperationalError:
        raise
    except (DatabaseError, OSError) as error:
        logger.exception("An upload was not stored")
        _settle(upload, Upload.State.REFUSED, _why_not_stored(error))


def _verdict(upload: Upload) -> AudioFacts | TrackChanges | Refused:
    if not upload.path.exists():
        return Refused(gettext_noop("The file was lost on its way. Send it again."))
    if upload.kind != Upload.Kind.MUSIC:
        return sidecars.read(upload)
    [verdict] = inspect_many([(upload.path, upload.filename)])
    return verdict


def _catalogue_in_spite_of_others(upload: Upload, verdict: AudioFacts | TrackChanges) -> None:
    """An artist, album or genre that it names may be deleted with its last track just now: then it is made anew."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                if isinstance(verdict, TrackChanges):
                    _keep(upload, verdict)
                else:
                    _catalogue(upload, verdict)
            return
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise


def _catalogue(upload: Upload, facts: AudioFacts) -> None:
    if not (current := _locked(upload)):
        return
    if why := why_refused(current.user, facts.audio_sha256):
        _settle(current, Upload.State.REFUSED, why)
        return
    if twin := same_file(current.user, facts):
        _settle(current, Upload.State.DUPLICATE, already_here(twin), twin=twin)
        return
    draft = _draft(current, facts)
    similar = twin_of(draft)
    _settle(
        current,
        Upload.State.REVIEW,
        track=draft,
        twin=similar.track if similar else None,
        likeness=similar.likeness if similar else "",
    )


def _keep(upload: Upload, sidecar: TrackChanges) -> None:
    if not (current := _locked(upload)):
        return
    if why := sidecars.keep(current, sidecar):
        _settle(current, Upload.State.REFUSED, why)
    else:
        _settle(current, Upload.State.KEPT, size_bytes=current.size_bytes)


def _locked(upload: Upload) -> Upload | None:
    """The upload if it still waits. A user's drafts are made one by one: two of the same sound must see each other,
    and a track what came beside it.
    """
    get_user_model().objects.select_for_update(no_key=True).filter(pk=upload.user_id).first()
    waiting = Upload.objects.filter(pk=upload.pk, state__in=WAITING)
    return waiting.select_related("user", "fallback_genre").first()


def _draft(upload: Upload, facts: AudioFacts) -> Track:
    """The file at its place and its row; neither stays without the other."""
    audio = cover = ""
    try:
        cover = store_cover(facts.covers) or sidecars.cover_for(upload)
        audio = adopt_audio(upload.path, facts.format)
        new = NewTrack(
            facts=sidecars.with_lyrics(upload, facts),
            uploader=upload.user,
            file=audio,
            original_filename=upload.filename,
            cover=cover,
            visibility=upload.visibility,
            state=Track.State.REVIEW,
            is_copy=Track.objects.kept_by(upload.user).filter(audio_sha256=facts.audio_sha256).exists(),
            fallback_genres=(upload.fallback_genre,) if upload.fallback_genre else (),
        )
        with transaction.atomic():
            return add_tracks([new])[0]
    except BaseException:
        discard_files(audio, cover)
        raise


def _settle(upload: Upload, state: Upload.State, reason: str = "", **more: Any) -> None:
    """Unless another worker was first, or its sender has taken it back."""
    waiting = Upload.objects.filter(pk=upload.pk, state__in=WAITING)
    waiting.update(state=state, state_since=timezone.now(), reason=reason, **more)


def _why_not_stored(error: Exception) -> str:
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        return gettext_noop("There is no room left on the server. Tell those who run it.")
    return gettext_noop("It could not be stored just now. Send it again.")
