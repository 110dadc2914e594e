"""SQLite's own online copy: of one moment, while others go on writing."""

import gzip
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from listening.tally import Tally
from music_streamer.backup.errors import Damaged

FILE = "database.sqlite3.gz"
PAGES_AT_ONCE = 1000
BLOCK_BYTES = 1 << 20
# The search's virtual tables keep what they know in plain ones.
TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' "
    "AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
)


class Snapshot:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def table_names(self) -> list[str]:
        return sorted(name for (name,) in self._database.execute(TABLES))

    def tally(self, table: str) -> Tally:
        tally = Tally()
        for row in self._database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 a name of ours
            tally.add(repr(row).encode())
        return tally

    def column(self, question: str) -> list[Any]:
        return [row[0] for row in self._database.execute(question)]


@contextmanager
def dumped(folder: Path) -> Iterator[Snapshot]:
    """What is written to the folder, to look at; packed at the end."""
    plain = folder / Path(FILE).stem
    with closing(sqlite3.connect(plain)) as copy:
        with closing(_connect()) as source:
            # One reading transaction around it all: without it the copy begins anew whenever somebody writes.
            source.execute("BEGIN")
            source.execute("SELECT 1 FROM sqlite_master").fetchone()
            source.backup(copy, pages=PAGES_AT_ONCE)
        yield Snapshot(copy)
    with plain.open("rb") as file, gzip.open(folder / FILE, "wb", compresslevel=6) as packed:
        shutil.copyfileobj(file, packed, BLOCK_BYTES)
    plain.unlink()


@contextmanager
def live() -> Iterator[Snapshot]:
    with closing(_connect()) as database:
        yield Snapshot(database)


def load(folder: Path) -> None:
    """Instead of all that is there, in one transaction. Raises Damaged."""
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as name:
        plain = Path(name) / Path(FILE).stem
        with gzip.open(folder / FILE) as packed, plain.open("wb") as file:
            shutil.copyfileobj(packed, file, BLOCK_BYTES)
        with closing(sqlite3.connect(plain)) as source, closing(_connect()) as target:
            if source.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise Damaged("The copy of the SQLite database is damaged.")
            source.backup(target, pages=PAGES_AT_ONCE)


def go_on_after(table: str, pk: int) -> None:
    """Give out no id up to this one again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        pk = max(pk, cursor.fetchone()[0])
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, pk])


def server_version() -> str:
    return sqlite3.sqlite_version


def _connect() -> sqlite3.Connection:
    """Not Django's: values are to be as they are in the file."""
    return sqlite3.connect(**{**connection.get_connection_params(), "detect_types": 0})
