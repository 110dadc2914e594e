"""A backup is restored: checked, put in place, compared with what it was made of."""

import gzip
import os
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from listening.models import RollupState
from listening.tally import Tally
from music.models import Album, Artist, Track
from music_streamer.backup import database, manifest
from music_streamer.backup.database import Advance, Counts, Stage
from music_streamer.backup.errors import Damaged, Refused
from music_streamer.backup.making import PATIENCE_SECONDS, SECRET, UNFINISHED
from music_streamer.backup.manifest import Manifest
from music_streamer.paths import env

TAKE_ANOTHER = "Take another backup; nothing was changed."
GIVEN_OUT_BY = {"track_id": Track, "artist_id": Artist, "album_id": Album}


def find(folder: Path) -> Path:
    """The backup that this folder is, or the newest of those in it. Raises Refused."""
    if (folder / manifest.NAME).is_file():
        return folder
    whole = [path.parent for path in folder.glob(f"*/{manifest.NAME}") if path.parent.suffix != UNFINISHED]
    if not whole:
        raise Refused(f"There is no backup in {folder}.")
    return max(whole, key=lambda path: path.name)


def checked(folder: Path, stage: Stage) -> Manifest:
    """Its files are whole and it fits here. Raises Damaged and Refused."""
    with stage("Checking files", len(list(folder.iterdir())) - 1, "file") as advance:
        found = manifest.read(folder, advance)
    if found.engine != connection.vendor:
        raise Refused(
            f"This backup is of a {found.engine} database, and DATABASE_URL names a {connection.vendor} one. "
            "Set DATABASE_URL to an empty database of that kind."
        )
    if found.is_with_mongodb and not settings.MONGODB_URI:
        raise Refused("This backup has its listens in MongoDB. Set MONGODB_URI to say where they are to go.")
    if newer := _from_the_future(found):
        raise Refused(f"This backup was made by a newer version ({', '.join(newer)}): update first.")
    return found


def read_through(folder: Path, found: Manifest, stage: Stage) -> None:
    """To its end, as it is going to be read when there is no way back. Raises Damaged and Refused."""
    with stage("Reading SQL through", 1, "database") as advance:
        database.dialect().check(folder)
        advance(1)
    for name, tally in found.collections.items():
        with stage(f"Reading {name} through", tally.count, "document") as advance:
            _read_documents_through(folder / f"{name}.bson.gz", tally, advance)


def _read_documents_through(path: Path, expected: Tally, advance: Advance) -> None:
    from listening import mongo_dump

    with gzip.open(path) as file:
        if mongo_dump.tally_of(file, advance) != expected:
            raise Damaged(f"{path} cannot be read to its end, or is not what was copied. {TAKE_ANOTHER}")


def occupied() -> list[str]:
    """What would be lost, in words."""
    from listening import mongo_door, mongo_dump  # not at the head: see listening.store.mongo_store

    found = ["accounts in the SQL database"] if database.has_accounts() else []
    if settings.MONGODB_URI and not mongo_dump.is_empty(
        mongo_door.operators_door(settings.MONGODB_URI, PATIENCE_SECONDS)
    ):
        found.append("documents in MongoDB")
    return found


def restore(folder: Path, found: Manifest, stage: Stage) -> list[str]:
    """Instead of all that is there; what is different from what was copied. Raises StoreAway, Damaged and Refused."""
    if settings.MONGODB_URI:
        _load_mongodb(folder, found, stage)
    connection.close()
    with stage("Restoring SQL", 1, "database") as advance:
        database.dialect().load(folder)
        advance(1)
    differences = [*_differences("table", found.tables, database.live_counts(stage))]
    if settings.MONGODB_URI:
        differences += _differences("collection", found.collections, _mongodb_counts(found, stage))
    return differences


def make_ready(folder: Path, found: Manifest) -> str:
    """For this version and this place to go on with; what is left to be done by hand, if anything."""
    call_command("migrate", interactive=False, verbosity=0)
    for name, pk in found.highest_ids.items():
        database.dialect().go_on_after(GIVEN_OUT_BY[name]._meta.db_table, pk)
    if found.is_with_mongodb:
        # MongoDB was copied a little later than the figures of what is in it.
        RollupState.objects.update(is_outdated=True)
    cache.clear()
    return _restore_secret(folder, found)


def _from_the_future(found: Manifest) -> list[str]:
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    ours = {app.label for app in apps.get_app_configs()}
    return [name for name in found.migrations if name not in known and name.partition(".")[0] in ours]


def _load_mongodb(folder: Path, found: Manifest, stage: Stage) -> None:
    from listening import mongo_door, mongo_dump

    door = mongo_door.operators_door(settings.MONGODB_URI, PATIENCE_SECONDS)
    mongo_dump.empty(door)
    for name, tally in found.collections.items():
        with (
            stage(f"Restoring {name}", tally.count, "document") as advance,
            gzip.open(folder / f"{name}.bson.gz") as file,
        ):
            mongo_dump.load(door, name, file, advance)
    door.close()
    call_command("ensure_indexes", stdout=StringIO())  # all at once is quicker than document by document


def _mongodb_counts(found: Manifest, stage: Stage) -> Counts:
    from listening import mongo_door, mongo_dump

    door, counts = mongo_door.operators_door(settings.MONGODB_URI, PATIENCE_SECONDS), {}
    for name, tally in found.collections.items():
        with stage(f"Comparing {name}", tally.count, "document") as advance:
            counts[name] = mongo_dump.tally(door, name, advance)
    door.close()
    return counts


def _differences(kind: str, expected: Counts, found: Counts) -> Iterator[str]:
    for name in sorted(expected.keys() | found.keys()):
        before, after = expected.get(name, Tally()), found.get(name, Tally())
        if before != after:
            yield f"{kind} {name}: {before.count} in the backup, {after.count} here, and they are not the same"


def _restore_secret(folder: Path, found: Manifest) -> str:
    if found.secret_key_sha256 == manifest.fingerprint(settings.SECRET_KEY):
        return ""
    if not (folder / SECRET).exists():
        return "The secret key here is another than it was: people sign in again and connect other services again."
    if env.str("SECRET_KEY", ""):
        return f"SECRET_KEY is set and is another than it was: set it to what is in {folder / SECRET}."
    target = Path(settings.DATA_DIR) / SECRET
    new = target.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write((folder / SECRET).read_text())
    new.replace(target)
    return ""
