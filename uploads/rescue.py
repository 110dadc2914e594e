"""Uploads that wait for a check which nobody will run any more."""

from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from uploads.checking import WAITING, give_up
from uploads.models import Upload
from uploads.queue import WORKER_DIED, tasks_by_argument
from uploads.tasks import check_upload

SETTLING = timedelta(minutes=1)
PAUSE = timedelta(hours=1)
MAX_TRIES = 24


def rescue_unchecked() -> None:
    """Ask again where a crash came between a file's last byte and its task, give up where trying has no end."""
    for upload in to_ask_again():
        ask(upload)
    for upload in to_give_up():
        give_up(str(upload.pk))


def ask(upload: Upload) -> None:
    check_upload.enqueue(str(upload.pk))


def to_ask_again() -> list[Upload]:
    """Never asked, or last tried an hour ago: what failed was not the file but the server."""
    return [
        upload
        for upload, failures in _stranded()
        if not _is_hopeless(failures) and not any(_ended_lately(task) for task in failures)
    ]


def to_give_up() -> list[Upload]:
    return [upload for upload, failures in _stranded() if _is_hopeless(failures)]


def _is_hopeless(failures: list[DBTaskResult]) -> bool:
    return len(failures) >= MAX_TRIES or any(task.exception_class_path == WORKER_DIED for task in failures)


def _ended_lately(task: DBTaskResult) -> bool:
    return task.finished_at is not None and task.finished_at > timezone.now() - PAUSE


def _stranded() -> list[tuple[Upload, list[DBTaskResult]]]:
    """Uploads that wait though no task for them does, each with those that failed."""
    waiting = list(Upload.objects.filter(state__in=WAITING, state_since__lt=timezone.now() - SETTLING))
    tasks = tasks_by_argument(check_upload.module_path) if waiting else {}
    failed = ((upload, tasks.get(str(upload.pk), [])) for upload in waiting)
    return [(upload, failures) for upload, failures in failed if all(task.status == "FAILED" for task in failures)]
