"""An empty database for a test whose threads or processes must see each other's commits."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
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
