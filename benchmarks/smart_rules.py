"""Rules over every field, asked in this process.

    .venv/bin/python -m benchmarks.smart_rules FOLDER TRACKS LISTENS RUNS

Fills the database of the environment when it is not filled. Answers JSON: milliseconds by the clock (the median), of
the processor (the mean; this process, and what PostgreSQL does for it), and how many tracks are found; of each rule
what a page of it takes: whether the sums are up to date, how many tracks there are, the ids of all up to the limit, the
first 100 of them with all that their rows show. benchmarks.smart asks it once a store.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.ground import set_up_django

SHOWN, REFERENCE_TRACKS = 100, 50
REFERENCE = f"{REFERENCE_TRACKS} newest tracks by the ORM"
HEARD_NOW = "plays > 3, right after a listen"
COMPLETE = "complete"


def rule(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


MORE_THAN_A_FEW = rule("plays", "more_than", 3)
RULES: dict[str, list[dict[str, Any]]] = {
    "title contains": [rule("title", "contains", "midnight")],
    "title does not contain": [rule("title", "not_contains", "midnight")],
    "title starts with": [rule("title", "starts_with", "love")],
    "artist is": [rule("artist", "is", "artist 0042")],
    "artist contains": [rule("artist", "contains", "artist 1")],
    "artist does not contain": [rule("artist", "not_contains", "artist 1")],
    "album contains": [rule("album", "contains", "river")],
    "genre is": [rule("genre", "is", "jazz")],
    "genre is not": [rule("genre", "is_not", "jazz")],
    "year between": [rule("year", "between", [1990, 1999])],
    "added in the last 90 days": [rule("added", "in_last_days", 90)],
    "shorter than 180 s": [rule("duration", "less_than", 180)],
    "format is": [rule("format", "is", "ogg")],
    "bitrate above": [rule("bitrate", "more_than", 192)],
    "rating above 3": [rule("rating", "more_than", 3)],
    "rating below 3, with none": [rule("rating", "less_than", 3)],
    "starred": [rule("starred", "is", True)],
    "not starred": [rule("starred", "is", False)],
    "plays > 3": [MORE_THAN_A_FEW],
    "plays < 3": [rule("plays", "less_than", 3)],
    "played in the last 90 days": [rule("last_played", "in_last_days", 90)],
    "not played in 90 days": [rule("last_played", "not_in_last_days", 90)],
    "finished above 80 %": [rule("finished_share", "more_than", 80)],
    "skipped more than once": [rule("skipped", "more_than", 1)],
    "never heard": [rule("never_heard", "is", True)],
    "uploaded by": [rule("uploader", "is", "bob")],
    "in a playlist of 10,000": [rule("playlist", "in", 1)],
    "not in it": [rule("playlist", "not_in", 1)],
    "a random tenth": [rule("random", "is", 10)],
    "jazz or rock, few plays, not lately, not skipped": [
        {"match": "any", "rules": [rule("genre", "is", "jazz"), rule("genre", "is", "rock")]},
        rule("plays", "less_than", 3),
        rule("last_played", "not_in_last_days", 90),
        rule("skipped", "less_than", 2),
    ],
    "starred, or rated 5 and heard, or by one artist": [
        {
            "match": "any",
            "rules": [
                rule("starred", "is", True),
                {"match": "all", "rules": [rule("rating", "is", 5), rule("never_heard", "is", False)]},
                rule("artist", "is", "artist 0042"),
            ],
        }
    ],
}
EVERYTHING = [rule("duration", "more_than", 0)]


def main() -> None:
    folder, tracks, listens, runs = Path(sys.argv[1]), *map(int, sys.argv[2:])
    set_up_django(folder, **_databases())
    print(json.dumps(_measured(folder, tracks, listens, runs)))


def _databases() -> dict[str, str]:
    return {name: os.environ[name] for name in ("DATABASE_URL", "MONGODB_URI") if name in os.environ}


def _measured(folder: Path, tracks: int, listens: int, runs: int) -> dict[str, Any]:
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from benchmarks import smart_world as world
    from playlists.models import Playlist
    from playlists.smart.fields import ORDERS

    call_command("migrate", verbosity=0)
    if not (folder / COMPLETE).exists():
        world.fill(tracks, listens)
        (folder / COMPLETE).touch()
    _alone()
    reader = get_user_model().objects.get(username=world.READER)
    asked = {name: _document(rules) for name, rules in RULES.items()}
    asked |= {f"everything by {order}": _document(EVERYTHING, order, descending=True) for order in ORDERS}
    assert Playlist.objects.visible_to(reader).filter(pk=1, track_count__gt=0).exists()
    pages = {name: partial(_page, reader, document) for name, document in asked.items()}
    found = _waited({REFERENCE: partial(_newest, reader), **pages}, runs)
    _hear(reader)
    return found | _waited({HEARD_NOW: partial(_page, reader, _document([MORE_THAN_A_FEW]))}, min(runs, 5))


def _alone() -> None:
    """PostgreSQL answers each question in one process, whose time can be told."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")


def _document(rules: list[dict[str, Any]], order: str = "random", *, descending: bool = False) -> dict[str, Any]:
    return {"match": "all", "rules": rules, "order": order, "descending": descending, "limit": 1000}


def _waited(calls: dict[str, Callable[[], int]], runs: int) -> dict[str, list[float]]:
    """In turns: a moment in which the machine is slow falls on all of them, and on none alone."""
    found = {name: call() for name, call in calls.items()}
    waits: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for _run in range(runs):
        for name, call in calls.items():
            began, spent = time.perf_counter(), _cpu_seconds()
            call()
            waits[name].append((time.perf_counter() - began, _cpu_seconds() - spent))
    return {
        name: [1000 * statistics.median(clock), 1000 * statistics.fmean(cpu), found[name]]
        for name, each in waits.items()
        for clock, cpu in [zip(*each, strict=True)]
    }


def _cpu_seconds() -> float:
    """Of this process and, on this machine too, of PostgreSQL's at the other end of its connection."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return time.process_time()
    pid = connection.connection.info.backend_pid
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _newest(reader: Any) -> int:
    from music.models import Track

    return len(Track.objects.visible_to(reader).with_credits().order_by("-pk")[:REFERENCE_TRACKS])


def _page(reader: Any, document: dict[str, Any]) -> int:
    from music.rows import in_this_order
    from playlists.smart.finding import asking_for, counted_ids, is_up_to_date
    from playlists.smart.rules import parse

    rules, asking = parse(document), asking_for(reader, "1")
    assert is_up_to_date(rules, reader)
    ids, found = counted_ids(rules, asking)
    assert len(in_this_order(reader, ids[:SHOWN])) == min(len(ids), SHOWN), document
    return found


def _hear(reader: Any) -> None:
    """As its day is younger than what `refresh` waits for, every page sums it up anew from the store."""
    from benchmarks.shelf_world import DURATION_MS, made_up_listen
    from listening.store import listen_store

    listen = made_up_listen(
        reader.pk, uuid4().int, 1, datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=4), is_completed=False
    )
    listen_store().start(listen)
    listen_store().complete(reader.pk, listen.event_id, DURATION_MS, datetime.now(UTC))


if __name__ == "__main__":
    main()
