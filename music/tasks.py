"""Doorbells: what the background worker is asked to do."""

from collections.abc import Iterable
from functools import partial

from django.conf import settings
from django.db import transaction
from django_tasks import task

from music.writing import write_now

AT_ONCE = 50


@task()
def write_tags(track_ids: list[int]) -> None:
    write_now(track_ids)


def write_tags_later(track_ids: Iterable[int]) -> None:
    """Where the operator wants corrections written into the files as well."""
    if not settings.WRITE_TAGS:
        return
    every = list(track_ids)
    for start in range(0, len(every), AT_ONCE):
        transaction.on_commit(partial(write_tags.enqueue, every[start : start + AT_ONCE]))
