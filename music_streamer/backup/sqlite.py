"""SQLite's own online copy: of one moment, while others go on writing."""

import gzip
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from listening.tally import Tally
from music_streamer.backup.errors import Damaged

FILE = "database.sqlite3.gz"
DAMAGED = "The copy of the SQLite database is damaged. Take another backup; nothing was changed."
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


def check(folder: Path) -> None:
    """All of it can be read. Raises Damaged."""
    with _unpacked(folder):
        pass


def load(folder: Path) -> None:
    """Instead of all that is there, in one transaction. Raises Damaged."""
    with _unpacked(folder) as source, closing(_connect()) as target:
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


@contextmanager
def _unpacked(folder: Path) -> Iterator[sqlite3.Connection]:
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as name:
        plain = Path(name) / Path(FILE).stem
        try:
            with gzip.open(folder / FILE) as packed, plain.open("wb") as file:
                shutil.copyfileobj(packed, file, BLOCK_BYTES)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Damaged(DAMAGED) from error
        with closing(sqlite3.connect(plain)) as source:
            if not _is_sound(source):
                raise Damaged(DAMAGED)
            yield source


def _is_sound(database: sqlite3.Connection) -> bool:
    try:
        return bool(database.execute("PRAGMA quick_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def _connect() -> sqlite3.Connection:
    """Not Django's: values are to be as they are in the file."""
    return sqlite3.connect(**{**connection.get_connection_params(), "detect_types": 0})
