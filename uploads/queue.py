"""The table of background tasks, where the library that keeps it leaves off: dead workers, old rows, how many wait."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from listening import heartbeat

WORKER = "work"
SILENT_AFTER = timedelta(seconds=60)
MAX_DEATHS = 3
WORKER_DIED = "uploads.queue.WorkerDied"
KEPT_FINISHED = timedelta(days=7)
ALIVE_SECONDS = 30


def retake_from_the_dead() -> None:
    """Let other workers run the tasks of those that have been silent for a minute; three deaths, and it is dropped."""
    for task in DBTaskResult.objects.running().filter(_silent()):
        if len(task.worker_ids) >= MAX_DEATHS:
            _change(task, status="FAILED", finished_at=timezone.now(), exception_class_path=WORKER_DIED)
        else:
            _change(task, status="READY")


def heard_of(task: DBTaskResult) -> None:
    DBTaskResult.objects.running().filter(pk=task.pk).update(started_at=Now())


def _silent() -> Q:
    """By the database's clock: those of the workers' machines may differ. One that was set back makes no exception."""
    return Q(started_at__lt=Now() - SILENT_AFTER) | Q(started_at__gt=Now() + SILENT_AFTER)


def put_back(task: DBTaskResult) -> None:
    """Nobody's fault: let another worker begin again, as if this one never had."""
    ended = DBTaskResult.objects.filter(pk=task.pk)
    ended.update(
        status="READY", finished_at=None, exception_class_path="", traceback="", worker_ids=task.worker_ids[:-1]
    )


def _change(task: DBTaskResult, **fields: Any) -> None:
    """Unless it has been heard of, or another worker was first."""
    DBTaskResult.objects.running().filter(_silent(), pk=task.pk).update(**fields)


def prune() -> int:
    return DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEPT_FINISHED).delete()[0]


def tasks_by_argument(path: str) -> dict[str, list[DBTaskResult]]:
    """The tasks of one kind that wait, run or have failed, by their first argument."""
    found: dict[str, list[DBTaskResult]] = defaultdict(list)
    for task in DBTaskResult.objects.filter(task_path=path).exclude(status="SUCCESSFUL").defer("traceback"):
        found[task.args_kwargs["args"][0]].append(task)
    return found


def worker_state() -> dict[str, Any]:
    """For /healthz/: whether somebody works, and how many tasks wait."""
    silent_seconds = heartbeat.seconds_since(WORKER)
    is_ok = silent_seconds is not None and silent_seconds <= ALIVE_SECONDS
    return {
        "state": "ok" if is_ok else "away",
        "seconds_since_heartbeat": silent_seconds,
        "waiting": DBTaskResult.objects.filter(status="READY").count(),
    }
