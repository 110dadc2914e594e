"""How long a shelf of 20 takes with a million listens, on both stores.

    .venv/bin/python -m benchmarks.shelf [--listens 1000000] [--tracks 20000] [--runs 15] [--only sql|mongodb]

Everything lives in a temporary folder: a SQLite database and a MongoDB-wire server of its own.
"""

import argparse
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from benchmarks.clock import waited
from benchmarks.ground import set_up_django

SHELF = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listens", type=int, default=1_000_000)
    parser.add_argument("--tracks", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--only", choices=["sql", "mongodb"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shelf-") as folder:
        set_up_django(Path(folder))
        _measure_all(Path(folder), options)


def _measure_all(folder: Path, options: argparse.Namespace) -> None:
    from django.core.management import call_command

    from benchmarks import shelf_world as world
    from listening.sql import SqlListenStore

    call_command("migrate", verbosity=0)
    world.fill_catalogue(options.tracks)
    user = world.heavy_user()
    if options.only != "mongodb":
        world.fill_sql(world.listens(options.listens, options.tracks, user.pk), options.listens)
        _measure("SQLite", SqlListenStore(), user, options)
    if options.only != "sql":
        _measure_mongodb(folder, user, options)


def _measure_mongodb(folder: Path, user, options: argparse.Namespace) -> None:
    from django.test import override_settings

    from benchmarks import shelf_world as world
    from listening.store import forget_store
    from tests.mongo_server import MongoServer

    with MongoServer(storage=str(folder / "mongo")) as server, override_settings(MONGODB_URI=server.uri):
        patient = world.patient_mongo(server.uri)
        world.fill_mongo(world.listens(options.listens, options.tracks, user.pk), options.listens, server.uri)
        forget_store()
        _measure("MongoDB wire (secantus)", patient, user, options)
        patient.door.close()


def _measure(name: str, store, user, options: argparse.Namespace) -> None:
    from music.utils import POPULAR_SINCE

    since = datetime.now(UTC) - POPULAR_SINCE
    first_event = store.history(user.pk, 1)[0].event_id
    heard, finished = store.heard_tracks(user.pk).track_ids, store.completed_tracks(user.pk)
    print(
        f"\n{name}: {options.listens:,} listens; this listener heard {len(heard):,}, completed {len(finished):,} tracks"
    )
    print(f"{'':32}{'median ms':>12}{'worst ms':>12}{'x reference':>13}")
    reference = _row("one listen by its key", options.runs, lambda: _one(store, user.pk, first_event), None)
    _row("last 20 listens", options.runs, lambda: store.history(user.pk, SHELF), reference)
    _row("heard_tracks", options.runs, lambda: store.heard_tracks(user.pk).track_ids, reference)
    _row("completed_tracks", options.runs, lambda: store.completed_tracks(user.pk), reference)
    popular = f"popular_track_ids, {POPULAR_SINCE.days} days"
    _row(popular, options.runs, lambda: store.popular_track_ids(SHELF, since), reference)
    _row("ranking and picking", options.runs, lambda: _picked(heard, finished, options.tracks), reference)
    _whole_shelf(user, options.runs, reference)
    _row("start and complete a listen", options.runs, lambda: _listened(store, user.pk), reference)
    if hasattr(store, "rebuild_taste"):
        _row("rebuild_taste", 3, lambda: store.rebuild_taste(user.pk), reference)


def _whole_shelf(user, runs: int, reference: float) -> None:
    """As a page asks for it, with a page's patience; a shelf without a finished genre is a degraded one."""
    from music.utils import recommended_for

    shelves: list[set[str]] = []
    call = "whole shelf, recommended_for"
    _row(call, runs, lambda: shelves.append({each.reason for each in recommended_for(user, SHELF)}), reference)
    degraded = sum(not any("finished" in reason for reason in reasons) for reasons in shelves)
    print(f"    degraded: {degraded} of {len(shelves)}; reasons: {'; '.join(sorted(shelves[-1])[:4])}")


def _row(name: str, runs: int, call: Callable[[], object], reference: float | None) -> float:
    wait = waited(call, runs)
    print(f"{name:32}{wait.median_ms:12.2f}{wait.worst_ms:12.2f}{wait.median_ms / (reference or wait.median_ms):13.1f}")
    return wait.median_ms


def _one(store, user_id: int, event_id: str) -> object:
    """The cheapest thing to ask of this store."""
    from listening.models import ListenRow

    if hasattr(store, "door"):
        with store.door.asking() as listens:
            return listens.find_one({"_id": f"{user_id}:{event_id}"})
    return ListenRow.objects.get(pk=event_id)


def _listened(store, user_id: int) -> None:
    """A track that is new to them, from the beginning to the end: the dearest case."""
    from benchmarks.shelf_world import DURATION_MS, made_up_listen

    number = uuid4().int
    begun = made_up_listen(user_id, number, number % 10**9, datetime.now(UTC).replace(microsecond=0), False)
    store.start(begun)
    store.complete(user_id, begun.event_id, DURATION_MS, begun.started_at + timedelta(milliseconds=DURATION_MS))


def _picked(heard: set[int], finished: dict[int, tuple[str, ...]], tracks: int) -> object:
    from benchmarks.shelf_world import ARTISTS, GENRES
    from recommendations.genres import count_genres, share_slots
    from recommendations.shelf import Candidate, day_seed, finished_offers, pick

    def candidates_of(genre: str):
        first = int(genre.removeprefix("genre-"))
        return (Candidate(track_id, track_id % ARTISTS) for track_id in range(first, tracks, GENRES))

    shares = share_slots(count_genres(slug for slugs in finished.values() for slug in slugs), SHELF)
    return pick([finished_offers(shares, candidates_of)], SHELF, heard=heard, seed=day_seed(1, date(2026, 5, 4)))


if __name__ == "__main__":
    main()
