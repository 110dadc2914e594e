"""An empty database for a test whose threads or processes must see each other's commits."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import environ
import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg.sql import SQL, Identifier


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """Its URL, of the kind that the suite runs on: a file in the folder, or one that PostgreSQL drops afterwards."""
    suite = urlsplit(os.environ["DATABASE_URL"])
    if suite.scheme == "sqlite":
        yield f"sqlite:///{folder / 'db.sqlite3'}"
        return
    name = f"own_{uuid.uuid4().hex}"
    with psycopg.connect(suite.geturl(), autocommit=True) as server:
        server.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield suite._replace(path=name).geturl()
        finally:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@contextmanager
def connected_to_own_database(folder: Path, *app: str) -> Iterator[str]:
    """Its URL, while Django's default connection leads there; with the tables of one app, or of all."""
    settings_of = connections.settings
    suites, kept = connections["default"], settings_of["default"]
    with own_database(folder) as url:
        settings_of["default"] = {**kept, **environ.Env.db_url_config(url), "OPTIONS": kept["OPTIONS"]}
        del connections["default"]
        try:
            call_command("migrate", *app, verbosity=0)
            yield url
        finally:
            connections["default"].close()
            settings_of["default"] = kept
            connections["default"] = suites
