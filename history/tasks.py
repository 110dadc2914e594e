"""Doorbells: what the background worker is asked to do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_tasks import task

from history.exports import account
from history.imports import running

AGAIN_AFTER = timedelta(seconds=60)


@task()
def look_through_import(import_id: str) -> None:
    _now_or_later(running.look_through, look_through_import, import_id)


@task()
def import_listens(import_id: str) -> None:
    _now_or_later(running.import_now, import_listens, import_id)


@task()
def undo_import(import_id: str) -> None:
    _now_or_later(running.undo_now, undo_import, import_id)


@task()
def write_account_export(export_id: str) -> None:
    account.write_now(export_id)


def _now_or_later(work: Callable[[str], None], doorbell: Any, import_id: str) -> None:
    try:
        work(import_id)
    except running.Later:
        doorbell.using(run_after=timezone.now() + AGAIN_AFTER).enqueue(import_id)
