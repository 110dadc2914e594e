"""PostgreSQL's own pg_dump and pg_restore, of the moment in which the rows are counted."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections

from listening.tally import Tally
from music_streamer.backup.errors import Damaged, Refused

FILE = "database.pgdump"
# Roles and rights are the place's own.
PLAIN = ["--no-owner", "--no-privileges"]


class Snapshot:
    def __init__(self, database: Any) -> None:
        self._database = database

    def table_names(self) -> list[str]:
        with self._database.cursor() as cursor:
            return sorted(self._database.introspection.table_names(cursor))

    def tally(self, table: str) -> Tally:
        """Of the lines of COPY: what pg_dump writes as well."""
        tally, rest = Tally(), b""
        with self._database.connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copied:
            for block in copied:
                *lines, rest = (rest + bytes(block)).split(b"\n")
                for line in lines:
                    tally.add(line)
        return tally

    def column(self, question: str) -> list[Any]:
        with self._database.cursor() as cursor:
            cursor.execute(question)
            return [row[0] for row in cursor.fetchall()]


@contextmanager
def dumped(folder: Path) -> Iterator[Snapshot]:
    """What is written to the folder, to look at."""
    with _own_connection() as database:
        with database.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (moment,) = cursor.fetchone()
        # Without comments: the one on pg_trgm may be written by who owns the extension only.
        what = ["--format=custom", "--no-comments", f"--snapshot={moment}", f"--file={folder / FILE}"]
        _run("pg_dump", *PLAIN, *what)
        yield Snapshot(database)


@contextmanager
def live() -> Iterator[Snapshot]:
    with _own_connection() as database:
        yield Snapshot(database)


def check(folder: Path) -> None:
    """All of it can be read: written out as SQL, to nowhere. Raises Damaged and Refused."""
    _needed("pg_restore")
    result = subprocess.run(
        ["pg_restore", *PLAIN, "--exit-on-error", f"--file={os.devnull}", str(folder / FILE)],
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise Damaged(f"{folder / FILE} cannot be read: {result.stderr.strip()} Nothing was changed.")


def load(folder: Path) -> None:
    """Instead of all that is there. Raises Refused; the database is empty then."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")
    _run("pg_restore", *PLAIN, "--exit-on-error", "--single-transaction", after=[str(folder / FILE)])


def go_on_after(table: str, pk: int) -> None:
    """Give out no id up to this one again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        (sequence,) = cursor.fetchone()
        highest = f"GREATEST(%s, (SELECT last_value FROM {sequence}))"  # noqa: S608 PostgreSQL quotes it
        cursor.execute(f"SELECT setval(%s, {highest})", [sequence, pk])


def server_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


@contextmanager
def _own_connection() -> Iterator[Any]:
    database = connections.create_connection("default")
    database.ensure_connection()
    try:
        yield database
    finally:
        database.close()


def _run(program: str, *options: str, after: list[str] | None = None) -> None:
    """The password goes through the environment: a command line is there for all to read."""
    _needed(program)
    (_psql, *where), environment = connection.client.settings_to_cmd_args_env(connection.settings_dict, ["--dbname"])
    command = [program, *options, *where, *(after or [])]
    result = subprocess.run(command, env={**os.environ, **(environment or {})}, capture_output=True, text=True)
    if result.returncode:
        raise Refused(f"{program} failed: {result.stderr.strip()}")


def _needed(program: str) -> None:
    if shutil.which(program) is None:
        raise Refused(f"{program} is not installed: install PostgreSQL's client, postgresql-client on Debian.")
