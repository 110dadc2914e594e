"""An empty database for a test whose threads or processes must see each other's commits."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import environ
import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg.sql import SQL, Identifier

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def own_database(folder: Path, *, has_tables: bool = False) -> Iterator[str]:
    """Its URL, of the kind that the suite runs on: a file in the folder, or one that PostgreSQL drops afterwards.

    `has_tables`: it is a copy of one that was migrated once, and otherwise empty.
    """
    suite = urlsplit(os.environ["DATABASE_URL"])
    if suite.scheme == "sqlite":
        if has_tables:
            shutil.copyfile(_migrated_file(), folder / "db.sqlite3")
        yield f"sqlite:///{folder / 'db.sqlite3'}"
        return
    with _in_postgres(suite, _migrated_in_postgres(suite) if has_tables else "template1") as name:
        yield suite._replace(path=name).geturl()


@contextmanager
def _in_postgres(suite: SplitResult, template: str) -> Iterator[str]:
    name = f"own_{uuid.uuid4().hex}"
    with psycopg.connect(suite.geturl(), autocommit=True) as server:
        server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
        try:
            yield name
        finally:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@contextmanager
def connected_to_own_database(folder: Path, *app: str) -> Iterator[str]:
    """Its URL, while Django's default connection leads there; with the tables of one app, or of all."""
    settings_of = connections.settings
    suites, kept = connections["default"], settings_of["default"]
    with own_database(folder, has_tables=not app) as url:
        settings_of["default"] = {**kept, **environ.Env.db_url_config(url), "OPTIONS": kept["OPTIONS"]}
        del connections["default"]
        try:
            if app:
                call_command("migrate", *app, verbosity=0)
            yield url
        finally:
            connections["default"].close()
            settings_of["default"] = kept
            connections["default"] = suites


@lru_cache
def _migrated_file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="migrated-"))
    _migrate(f"sqlite:///{folder / 'db.sqlite3'}", folder)
    return folder / "db.sqlite3"


@lru_cache
def _migrated_in_postgres(suite: SplitResult) -> str:
    """Is there until this process ends."""
    until_the_end = ExitStack()
    atexit.register(until_the_end.close)
    name = until_the_end.enter_context(_in_postgres(suite, "template1"))
    _migrate(suite._replace(path=name).geturl(), Path(tempfile.mkdtemp(prefix="migrated-")))
    return name


def _migrate(database_url: str, folder: Path) -> None:
    """To make all tables takes longer than most journeys."""
    environment = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": database_url, "MONGODB_URI": ""}
    for command in (["-m", "music_streamer.secret_key"], ["manage.py", "migrate", "--verbosity", "0"]):
        subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True)
