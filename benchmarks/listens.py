"""What listens cost at size: a million of them of 2,000 users, one of whom has a hundred thousand.

    .venv/bin/python -m benchmarks.listens [--listens 1000000] [--heavy 100000] [--only sql|mongodb] [--folder FOLDER]

Three tables: both stores side by side; what the player's reports cost the real server, with four clients, beside a view
that does nothing; and the pages of that user. Everything lives in a temporary folder. With --folder it lives there and
stays: the next run needs to fill in only the user that this one deletes in the end.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.ground import set_up_django

CLIENTS = 4
YEARS = 5
LISTENS_ONE_BY_ONE = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listens", type=int, default=1_000_000)
    parser.add_argument("--heavy", type=int, default=100_000)
    parser.add_argument("--tracks", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--only", choices=["sql", "mongodb"])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--keep", action="store_true", help="do not delete the user with the most listens")
    options = parser.parse_args()
    with _ground(options.folder) as folder:
        set_up_django(folder, DJANGO_SETTINGS_MODULE="benchmarks.nothing_settings")
        _measure_all(folder, options)


@contextmanager
def _ground(folder: Path | None) -> Iterator[Path]:
    if folder:
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="listens-") as own:
        yield Path(own)


def _measure_all(folder: Path, options: argparse.Namespace) -> None:
    from django.core.management import call_command

    from benchmarks import listens_report as report

    call_command("migrate", verbosity=0)
    users = _people(options.tracks)
    measured = []
    if options.only != "mongodb":
        measured.append(_measure_sql(folder, users, options))
    if options.only != "sql":
        measured.append(_measure_mongodb(folder, users, options))
    report.stores(measured)
    report.events(measured)
    report.pages(measured)


def _people(tracks: int) -> list[Any]:
    """Those whose clients report; the first one has the most listens. The others of the 2,000 are numbers."""
    from django.contrib.auth import get_user_model

    from benchmarks import shelf_world as world
    from benchmarks.listens_stores import ZONE

    users = get_user_model().objects
    if not users.exists():
        world.fill_catalogue(tracks)
        world.heavy_user()
        for number in range(1, CLIENTS):
            users.create_user(username=f"client{number}", email=f"client{number}@example.org", password=None)
    heavy, *others = users.order_by("pk")[:CLIENTS]
    heavy.profile.time_zone = ZONE
    heavy.profile.save()
    return [heavy, *others]


def _measure_sql(folder: Path, users: list[Any], options: argparse.Namespace) -> Any:
    from benchmarks import shelf_world as world
    from listening.sql import SqlListenStore

    store = SqlListenStore()
    _fill(store, world.fill_sql, users[0].pk, options)
    return _measured("SQLite", store, folder, users, options)


def _measure_mongodb(folder: Path, users: list[Any], options: argparse.Namespace) -> Any:
    from django.test import override_settings

    from benchmarks import shelf_world as world
    from listening.durable import DurableListenStore
    from listening.store import forget_store
    from tests.mongo_server import MongoServer

    with MongoServer(storage=str(folder / "mongo")) as server, override_settings(MONGODB_URI=server.uri):
        forget_store()
        store = DurableListenStore(world.patient_mongo(server.uri))

        def fill(source: Any, total: int) -> None:
            world.fill_mongo(source, total, server.uri)

        _fill(store, fill, users[0].pk, options)
        measured = _measured("MongoDB wire", store, folder, users, options, MONGODB_URI=server.uri)
        store.mongo.door.close()
        forget_store()
        return measured


def _fill(store: Any, fill: Any, heavy_id: int, options: argparse.Namespace) -> None:
    from benchmarks import shelf_world as world

    def source() -> Any:
        return world.listens(options.listens, options.tracks, heavy_id, options.heavy, days=365 * YEARS)

    if not store.count(heavy_id + world.USERS - 1):
        fill(source(), options.listens)
    elif not store.count(heavy_id):
        fill(islice(source(), options.heavy), options.heavy)


def _measured(
    name: str, store: Any, folder: Path, users: list[Any], options: argparse.Namespace, **settings: str
) -> Any:
    from benchmarks.listens_pages import pages
    from benchmarks.listens_report import Measured
    from benchmarks.listens_stores import events_a_second, questions, seconds_to_forget
    from benchmarks.listens_web import spent_on_events

    heavy = users[0]
    return Measured(
        name,
        questions_ms=questions(store, heavy.pk, options.runs),
        events_a_second=events_a_second(store, heavy.pk + CLIENTS, options.tracks, LISTENS_ONE_BY_ONE),
        spent=spent_on_events(folder, users, options.tracks, options.rounds, **settings),
        pages=pages(heavy, options.runs),
        seconds_to_forget=seconds_to_forget(store, _forgotten(heavy.pk, options)),
    )


def _forgotten(heavy_id: int, options: argparse.Namespace) -> dict[str, int]:
    """Somebody whose history has just been imported, and the one with the most listens."""
    return {"an average user": heavy_id + CLIENTS} | ({} if options.keep else {"the user with the most": heavy_id})


if __name__ == "__main__":
    main()
