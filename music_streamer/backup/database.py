"""The application's own database, whichever it is."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from django.contrib.auth import get_user_model
from django.db import connection

from listening.tally import Tally
from music_streamer.backup import postgresql, sqlite

Advance = Callable[[int], Any]
# What is done, of how many, counted in what.
Stage = Callable[[str, int, str], AbstractContextManager[Advance]]
Counts = dict[str, Tally]


class Snapshot(Protocol):
    """The database as it was at one moment."""

    def table_names(self) -> list[str]: ...

    def tally(self, table: str) -> Tally: ...

    def column(self, question: str) -> list[Any]:
        """The first column of what is found."""


def dialect() -> ModuleType:
    """The module that copies the database in use."""
    return postgresql if connection.vendor == "postgresql" else sqlite


def counts(snapshot: Snapshot, stage: Stage) -> Counts:
    names = snapshot.table_names()
    with stage("Counting rows", len(names), "table") as advance:
        found = {}
        for name in names:
            found[name] = snapshot.tally(name)
            advance(1)
    return found


def dumped(folder: Path) -> AbstractContextManager[Snapshot]:
    return dialect().dumped(folder)


def live_counts(stage: Stage) -> Counts:
    with dialect().live() as snapshot:
        return counts(snapshot, stage)


def has_accounts() -> bool:
    """Without an account there is nothing: tracks, listens and all else belong to one."""
    users = get_user_model()
    return users._meta.db_table in connection.introspection.table_names() and users.objects.exists()


def is_ours(snapshot: Snapshot) -> bool:
    return get_user_model()._meta.db_table in snapshot.table_names()


def newest_user_id(snapshot: Snapshot) -> int:
    return snapshot.column(f"SELECT COALESCE(MAX(id), 0) FROM {get_user_model()._meta.db_table}")[0]  # noqa: S608


def migrations(snapshot: Snapshot) -> list[str]:
    return sorted(snapshot.column("SELECT app || '.' || name FROM django_migrations"))
