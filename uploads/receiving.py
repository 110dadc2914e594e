"""A file comes in: what is asked before its first byte, its bytes one after the other, what follows its last."""

import fcntl
import os
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from music.models import Genre
from uploads import quotas
from uploads.models import Upload
from uploads.room import NoRoom, check_disk, full_disk_is_no_room
from uploads.sidecars import kind_of, too_large
from uploads.tasks import check_upload

__all__ = ["Busy", "Gone", "NoRoom", "TooLarge", "WrongOffset", "append", "begin", "cancel", "finish", "take_file"]

KEPT_UNFINISHED = timedelta(days=7)
MAX_UNFINISHED = 2000
MAX_NAME = 255
BLOCK_BYTES = 1 << 20


class TooLarge(ValueError):
    """The file is larger than any may be, or than was announced."""


class Busy(Exception):
    """Another request writes the same upload at this moment."""


class Gone(Exception):
    """There is nothing to add to any more: cancelled, expired, or it has arrived."""


class WrongOffset(Exception):
    """The bytes do not follow on what is there; `expected` is where to go on from."""

    def __init__(self, expected: int) -> None:
        super().__init__(_("The upload goes on from byte %d.") % expected)
        self.expected = expected


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def begin(
    user: Any,
    filename: str,
    size_bytes: int,
    *,
    visibility: str,
    fallback_genre: Genre | None = None,
    folder: str = "",
) -> Upload:
    """Make room for a file: its row, and an empty file for its bytes. `folder` is the same for all from one folder.

    Raises ValueError (TooLarge) or NoRoom with a sentence for the person who uploads. Whoever begins two at the same
    moment is asked one after the other, so that both do not fit into the last place.
    """
    upload = Upload(
        user=user,
        filename=filename,
        kind=kind_of(filename) if folder else Upload.Kind.MUSIC,
        folder=folder,
        size_bytes=size_bytes,
        visibility=visibility,
        fallback_genre=fallback_genre,
    )
    _check_file(upload)
    check_disk(size_bytes)
    try:
        with full_disk_is_no_room(), transaction.atomic():
            get_user_model().objects.select_for_update(no_key=True).get(pk=user.pk)
            _check_allowance(upload)
            upload.save(force_insert=True)
            _make_empty(upload.path)
    except BaseException:
        upload.path.unlink(missing_ok=True)
        raise
    return upload


def _check_file(upload: Upload) -> None:
    if not upload.filename:
        raise ValueError(_("The file has no name."))
    if len(upload.filename) > MAX_NAME:
        raise ValueError(_("The file's name is longer than %d characters. Shorten it.") % MAX_NAME)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in upload.filename):
        raise ValueError(_("The file's name has characters that cannot be shown. Rename it."))
    if upload.size_bytes < 1:
        raise ValueError(_("The file is empty."))
    if upload.size_bytes > settings.UPLOAD_MAX_BYTES:
        sentence = _("This file is larger than %s. Split it or export it at a lower bitrate.")
        raise TooLarge(sentence % filesizeformat(settings.UPLOAD_MAX_BYTES))
    if reason := too_large(upload):
        raise TooLarge(reason)


def _check_allowance(upload: Upload) -> None:
    if Upload.objects.filter(user=upload.user, state=Upload.State.RECEIVING).count() >= MAX_UNFINISHED:
        raise NoRoom(_("You have %d unfinished uploads. Finish or cancel some first.") % MAX_UNFINISHED)
    if reason := quotas.refusal(upload.user, upload.size_bytes, tracks=int(upload.kind == Upload.Kind.MUSIC)):
        raise NoRoom(reason)


def _make_empty(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, settings.FILE_UPLOAD_PERMISSIONS))


def take_file(user: Any, path: Path, filename: str, **more: Any) -> Upload:
    """Take in a file that is here as a whole: it is moved away from `path`. Takes `more` and raises like `begin`."""
    upload = begin(user, filename, path.stat().st_size, **more)
    try:
        with full_disk_is_no_room():
            shutil.move(path, upload.path)
            upload.path.chmod(settings.FILE_UPLOAD_PERMISSIONS)
    except BaseException:
        discard(upload)
        raise
    finish(upload)
    return upload


def append(upload: Upload, offset: int, stream: Readable, length: int) -> int:
    """Add the next `length` bytes and answer how many there are then; after the last one the file is checked.

    Raises Busy, Gone, WrongOffset, TooLarge, and NoRoom when the disk is full: the upload is given up then, so that
    others may go on.
    """
    with _for_us_alone(upload) as file:
        arrived = os.fstat(file).st_size
        if offset != arrived:
            raise WrongOffset(arrived)
        if arrived + length > upload.size_bytes:
            raise TooLarge(_("These are more bytes than the %d that were announced.") % upload.size_bytes)
        try:
            with full_disk_is_no_room():
                arrived += _copy(stream, file)
        except NoRoom:
            discard(upload)
            raise
        if arrived == upload.size_bytes:
            finish(upload)
    return arrived


def _copy(stream: Readable, file: int) -> int:
    """Until the stream ends; what is counted is on the disk, even if the power fails in the next moment."""
    copied = 0
    while block := memoryview(stream.read(BLOCK_BYTES)):
        while block:
            written = os.write(file, block)
            block, copied = block[written:], copied + written
    os.fsync(file)
    return copied


@contextmanager
def _for_us_alone(upload: Upload) -> Iterator[int]:
    """The upload's file, open to add to. The file is never made here: one that is missing has been moved on."""
    try:
        file = os.open(upload.path, os.O_WRONLY | os.O_APPEND)
    except FileNotFoundError as error:
        raise Gone from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not Upload.objects.filter(pk=upload.pk, state=Upload.State.RECEIVING).exists():
            raise Gone
        yield file
    except BlockingIOError as error:
        raise Busy from error
    finally:
        os.close(file)


def finish(upload: Upload) -> None:
    """All bytes are there: let the file be checked. A second call changes nothing."""
    with transaction.atomic():
        upload.state, upload.state_since = Upload.State.RECEIVED, timezone.now()
        waiting = Upload.objects.filter(pk=upload.pk, state=Upload.State.RECEIVING)
        if waiting.update(state=upload.state, state_since=upload.state_since):
            transaction.on_commit(partial(check_upload.enqueue, str(upload.pk)))


def cancel(upload: Upload) -> None:
    """Give up an upload that has not arrived. Raises Busy or Gone."""
    with _for_us_alone(upload):
        discard(upload)


def discard(upload: Upload) -> None:
    """Row and file; a crash in between leaves a file without a row, which the sweep takes away."""
    Upload.objects.filter(pk=upload.pk).delete()
    upload.path.unlink(missing_ok=True)


def arrived_bytes(upload: Upload) -> int:
    """How far it has come. Raises Gone."""
    if upload.state != Upload.State.RECEIVING:
        return upload.size_bytes
    try:
        return upload.path.stat().st_size
    except FileNotFoundError as error:
        raise Gone from error


def expires_at(upload: Upload) -> datetime:
    """A week after its last byte. Raises Gone."""
    try:
        return datetime.fromtimestamp(upload.path.stat().st_mtime, UTC) + KEPT_UNFINISHED
    except FileNotFoundError as error:
        raise Gone from error
