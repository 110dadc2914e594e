"""A backup is made: first SQL, then MongoDB.

The outbox is in SQL. An event that waits in it while SQL is copied may be in MongoDB too when that is copied a little
later, and to deliver it twice changes nothing. The other way round, what is delivered in between would be in neither.
"""

import fcntl
import gzip
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from music_streamer.backup import database, manifest
from music_streamer.backup.database import Stage
from music_streamer.backup.errors import Refused
from music_streamer.backup.manifest import Manifest

PATIENCE_SECONDS = 120.0
UNFINISHED = ".part"
SECRET = "secret_key"  # noqa: S105 a file's name


def make(folder: Path, stage: Stage, is_with_secret: bool = True) -> tuple[Path, Manifest]:
    """A new folder below this one, readable by its owner alone. Raises Refused, StoreAway and OSError."""
    with _private(), _unfinished(folder) as (part, whole):
        made, newest_user_id = _dump_sql(part, stage)
        if settings.MONGODB_URI:
            _dump_mongodb(part, made, newest_user_id, stage)
        if is_with_secret:
            (part / SECRET).write_text(settings.SECRET_KEY)
        made.write(part)
        _reach_the_disk(part)
    return whole, made


def _dump_sql(part: Path, stage: Stage) -> tuple[Manifest, int]:
    began = manifest.now()
    with stage("Copying SQL", 1, "database") as advance, database.dumped(part) as snapshot:
        advance(1)
        if not database.is_ours(snapshot):
            raise Refused("DATABASE_URL names an empty database: there is nothing to back up.")
        made = Manifest(
            made_at=began,
            engine=connection.vendor,
            server_version=database.dialect().server_version(),
            migrations=database.migrations(snapshot),
            tables=database.counts(snapshot, stage),
            secret_key_sha256=manifest.fingerprint(settings.SECRET_KEY),
        )
        return made, database.newest_user_id(snapshot)


def _dump_mongodb(part: Path, made: Manifest, newest_user_id: int, stage: Stage) -> None:
    """Without the listens of who signed up since SQL was copied: there, the next one gets the same id."""
    from listening import mongo_door, mongo_dump  # not at the head: see listening.store.mongo_store

    door = mongo_door.operators_door(settings.MONGODB_URI, PATIENCE_SECONDS)
    made.is_with_mongodb, made.mongodb_version = True, mongo_dump.server_version(door)
    for name in mongo_dump.names(door):
        about = mongo_dump.about_how_many(door, name)
        with (
            stage(f"Copying {name}", about, "document") as advance,
            gzip.open(part / f"{name}.bson.gz", "wb", 6) as out,
        ):
            made.collections[name], highest = mongo_dump.dump(door, name, out, newest_user_id, advance)
        made.highest_ids = {key: max(pk, made.highest_ids.get(key, 0)) for key, pk in highest.items()}
    door.close()


@contextmanager
def _private() -> Iterator[None]:
    """Whatever is written here, by programs of ours too, is nobody else's to read."""
    former = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(former)


@contextmanager
def _unfinished(folder: Path) -> Iterator[tuple[Path, Path]]:
    """The folder to write to, and what it is called when all is there. Half a backup never bears that name."""
    whole = folder / f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}"
    part = whole.with_name(whole.name + UNFINISHED)
    folder.mkdir(parents=True, exist_ok=True)
    _remove_left_over(folder)
    try:
        part.mkdir()
    except FileExistsError as error:
        raise Refused(f"Another backup is being made in {folder}. Try again when it is there.") from error
    try:
        with _held(part):
            yield part, whole
            part.rename(whole)
            _sync(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _remove_left_over(folder: Path) -> None:
    """Of a backup that was killed: nobody holds it any more."""
    for part in folder.glob(f"*{UNFINISHED}"):
        with suppress(BlockingIOError), _held(part):
            shutil.rmtree(part)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _reach_the_disk(part: Path) -> None:
    for path in (*part.iterdir(), part):
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
