"""What crashes, full disks and people who never came back have left over."""

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audio.facts import COVER_SIZES
from music.files import cover_path, covers_of_all
from music.models import Track
from music.removal import KEPT_IN_TRASH, empty_trash
from uploads import receiving
from uploads.checking import give_up
from uploads.models import Upload
from uploads.quotas import UNDER_WAY
from uploads.receiving import Busy, Gone
from uploads.rescue import ask, to_ask_again, to_give_up
from uploads.sidecars import forget_kept

logger = logging.getLogger(__name__)

SETTLED = [Upload.State.PUBLISHED, Upload.State.DUPLICATE, Upload.State.REFUSED]
KEPT_SETTLED = timedelta(days=30)
KEPT_SIDECARS = receiving.KEPT_UNFINISHED
TOUCHED_LATELY = timedelta(hours=1)
LEFT_BY_A_CRASH = timedelta(days=7)
FEW = 10


@dataclass(frozen=True)
class Duty:
    """`find` what is wrong and `mend` each; how many there were is told under `name`."""

    name: str
    find: Callable[[], Iterable[Any]]
    mend: Callable[[Any], object]


def sweep(*, dry_run: bool = False) -> dict[str, int]:
    """Put right what can be; how many of what there were. Safe at any time, and from several processes at once."""
    counts = {duty.name: sum(dry_run or _mended(duty, item) for item in duty.find()) for duty in DUTIES}
    return {**counts, "overdue tracks in the trash": _overdue_tracks().count() if dry_run else empty_trash()}


def _mended(duty: Duty, item: Any) -> bool:
    """One file that cannot be removed must not keep the others."""
    try:
        duty.mend(item)
    except (OSError, Busy, Gone) as error:
        logger.warning("%s, %s: %s", duty.name, item, error or type(error).__name__)
        return False
    logger.info("%s: %s", duty.name, item)
    return True


def _overdue_tracks() -> QuerySet[Track]:
    return Track.objects.filter(state=Track.State.TRASHED, state_since__lt=timezone.now() - KEPT_IN_TRASH)


def _without_file() -> Iterator[Upload]:
    return (upload for upload in _under_way(*UNDER_WAY) if not upload.path.exists())


def _refuse(upload: Upload) -> None:
    """Unless it is settled by now: then its file has been moved on, as it should be."""
    reason = _("The file was lost on its way. Send it again.")
    waiting = Upload.objects.filter(pk=upload.pk, state__in=UNDER_WAY)
    waiting.update(state=Upload.State.REFUSED, state_since=timezone.now(), reason=reason)


def _complete() -> Iterator[Upload]:
    return (upload for upload, size, _expires in _arriving() if size == upload.size_bytes)


def _expired() -> Iterator[Upload]:
    return (upload for upload, _size, expires in _arriving() if expires < timezone.now())


def _arriving() -> Iterator[tuple[Upload, int, datetime]]:
    for upload in _under_way(Upload.State.RECEIVING):
        with suppress(Gone):
            yield upload, receiving.arrived_bytes(upload), receiving.expires_at(upload)


def _under_way(*states: str) -> Iterator[Upload]:
    return Upload.objects.filter(state__in=states).order_by("pk").iterator(chunk_size=2000)


def _incoming_of_nobody() -> Iterator[Path]:
    """Files whose upload is settled or gone."""
    wanted = _names_under_way()
    return (path for path in _files("incoming") if path.name not in wanted and _is_old(path))


def _media_of_nobody() -> Iterator[Path]:
    """What a crash left between storing a file and committing its row.

    Only files of the last days: older ones are no crash's, but perhaps the music of another database, for
    `manage.py check_media` to tell. And none where most are unknown: then the database is probably the wrong one.
    """
    # Asked first: what is under way now may have become a track when the tracks are asked for.
    under_way = _names_under_way()
    for folder, known_names in KEPT_IN.items():
        known = known_names()
        found = list(_files(folder))
        strays = [path for path in found if path.name not in known and path.stem not in under_way]
        if len(strays) > max(FEW, len(found) // 2):
            logger.warning("%d of %d files in %s belong to nobody: left alone", len(strays), len(found), folder)
        else:
            yield from (path for path in strays if _is_old(path) and not _is_old(path, LEFT_BY_A_CRASH))


def _names_under_way() -> set[str]:
    return {upload.path.name for upload in _under_way(*UNDER_WAY)}


def _known_tracks() -> set[str]:
    names = Track.objects.order_by().values_list("file", flat=True)
    return {PurePosixPath(name).name for name in names.iterator(chunk_size=2000)}


def _known_covers() -> set[str]:
    return {cover_path(name, size).name for name in covers_of_all() for size in COVER_SIZES}


# The names of the files that belong to somebody, by folder; rooms above add theirs when they are ready.
KEPT_IN: dict[str, Callable[[], set[str]]] = {"tracks": _known_tracks, "covers": _known_covers}


def _stale_request_files() -> Iterator[Path]:
    """Parts of form posts that a killed server was receiving. Live ones, another server's too, are written to."""
    with suppress(FileNotFoundError):
        yield from (path for path in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir() if path.is_file() and _is_old(path))


def _files(folder: str) -> Iterator[Path]:
    for place, _folders, names in os.walk(Path(settings.MEDIA_ROOT) / folder):
        yield from (Path(place) / name for name in names)


def _is_old(path: Path, age: timedelta = TOUCHED_LATELY) -> bool:
    with suppress(FileNotFoundError):
        return time.time() - path.lstat().st_mtime > age.total_seconds()
    return False


def _sidecars_of_long_ago() -> QuerySet[Upload]:
    return Upload.objects.filter(state=Upload.State.KEPT, state_since__lt=timezone.now() - KEPT_SIDECARS)


def _settled_long_ago() -> QuerySet[Upload]:
    return Upload.objects.filter(state__in=SETTLED, state_since__lt=timezone.now() - KEPT_SETTLED)


DUTIES = [
    Duty("uploads whose file is lost", _without_file, _refuse),
    Duty("arrived uploads that nobody had been told of", _complete, receiving.finish),
    Duty("unfinished uploads older than a week", _expired, receiving.cancel),
    Duty("uploads without a task", to_ask_again, ask),
    Duty("uploads that cannot be checked", to_give_up, lambda upload: give_up(str(upload.pk))),
    Duty("incoming files of no upload", _incoming_of_nobody, Path.unlink),
    Duty("media files of no track", _media_of_nobody, Path.unlink),
    Duty("parts of broken requests", _stale_request_files, Path.unlink),
    Duty("covers and lyrics kept for a week", _sidecars_of_long_ago, lambda upload: forget_kept([upload.pk])),
    Duty("uploads settled a month ago", _settled_long_ago, Upload.delete),
]
