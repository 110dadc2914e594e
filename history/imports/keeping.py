"""Imports from the moment a file is sent until nothing is left of it but what it brought."""

import shutil
import time
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from history import tasks
from history.imports.rows import Refused, text
from history.models import BUSY, OPEN, ListenImport
from uploads import queue
from uploads.room import check_disk, full_disk_is_no_room

MAX_OPEN = 3
KEPT_FILE = timedelta(days=7)
SILENT_AFTER = timedelta(minutes=15)
LEFT_BY_A_CRASH_SECONDS = 3600

State = ListenImport.State
DOORBELLS = {
    State.READING: tasks.look_through_import,
    State.IMPORTING: tasks.import_listens,
    State.UNDOING: tasks.undo_import,
}


def take(user: Any, path: Path, filename: str) -> ListenImport:
    """A file that is here as a whole, moved away from `path`, to be looked through. Raises Refused or NoRoom."""
    size_bytes = path.stat().st_size
    if not size_bytes:
        raise Refused(_("This file is empty."))
    if ListenImport.objects.filter(user=user, state__in=OPEN).count() >= MAX_OPEN:
        raise Refused(_("You have %d imports under way. Finish or remove one of them first.") % MAX_OPEN)
    check_disk(size_bytes)
    job = ListenImport(user=user, filename=text(filename) or "listens", size_bytes=size_bytes)
    try:
        with full_disk_is_no_room(), transaction.atomic():
            job.path.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, job.path)
            job.path.chmod(settings.FILE_UPLOAD_PERMISSIONS)
            job.save(force_insert=True)
            _ring(job)
    except BaseException:
        job.path.unlink(missing_ok=True)
        raise
    return job


def start(job: ListenImport) -> None:
    """Take in what the preview showed. A second call changes nothing."""
    _go_on(job, State.PREVIEW, State.IMPORTING)


def undo(job: ListenImport) -> None:
    """Erase what came by it, also by one that went wrong. A second call changes nothing."""
    _go_on(job, State.FAILED if job.state == State.FAILED else State.DONE, State.UNDOING)


def _go_on(job: ListenImport, before: str, after: str) -> None:
    with transaction.atomic():
        waiting = ListenImport.objects.filter(pk=job.pk, state=before)
        if waiting.update(state=after, share=0, reason="", changed_at=timezone.now()):
            job.state = after
            _ring(job)


def _ring(job: ListenImport) -> None:
    transaction.on_commit(partial(DOORBELLS[State(job.state)].enqueue, str(job.pk)))


def remove(job: ListenImport) -> None:
    """From the list; what it brought stays. One that is under way is left alone."""
    if ListenImport.objects.filter(pk=job.pk).exclude(state__in=BUSY).delete()[0]:
        job.path.unlink(missing_ok=True)


def tidy() -> None:
    """What nobody decided about for a week, what died, and files that nobody knows."""
    old = ListenImport.objects.filter(state=State.PREVIEW, changed_at__lt=timezone.now() - KEPT_FILE)
    for job in old:
        _give_up(job, gettext_noop("Nobody started this import for a week. Send the file again."))
    for job in ListenImport.objects.filter(state__in=BUSY, changed_at__lt=timezone.now() - SILENT_AFTER):
        if not _is_waited_for(job):
            _give_up(
                job, gettext_noop("Something went wrong with this import. Send the file again: nothing is added twice.")
            )
    _unlink_strays()


def _is_waited_for(job: ListenImport) -> bool:
    bell = DOORBELLS[State(job.state)]
    waiting = queue.tasks_by_argument(bell.module_path).get(str(job.pk), [])
    return any(task.status in ("READY", "RUNNING") for task in waiting)


def _give_up(job: ListenImport, reason: str) -> None:
    same = ListenImport.objects.filter(pk=job.pk, state=job.state)
    if same.update(state=State.FAILED, reason=reason, changed_at=timezone.now()):
        job.path.unlink(missing_ok=True)


def _unlink_strays() -> None:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    known = {pk.hex for pk in ListenImport.objects.filter(state__in=OPEN).values_list("pk", flat=True)}
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if path.name not in known and time.time() - path.stat().st_mtime > LEFT_BY_A_CRASH_SECONDS:
                path.unlink()
