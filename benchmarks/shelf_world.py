"""A library and a million listens, made up the same way every time."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from pymongo import MongoClient

from audio.facts import AudioFacts, Tags
from listening.listen import Listen
from listening.models import ListenRow
from listening.mongo import MongoListenStore, _document
from listening.mongo_door import Document, MongoDoor
from listening.mongo_indexes import wanted
from listening.sql import _row
from music.cataloguing import ArtistName, NewTrack, add_tracks, artists_named

USERS = 2000
HEAVY_USER_LISTENS = 10_000
GENRES = 40
ARTISTS = 2000
DAYS = 365
DURATION_MS = 200_000
BATCH = 5000
PATIENCE_SECONDS = 3600
FILLING_CACHE_KIB = 500_000


def fill_catalogue(tracks: int, first: int = 1) -> None:
    """Ids count from 1: track 7 is by artist 8, and of the genre genre-7. `first`: those before it are there."""
    artists_named(ArtistName(_artist(number)) for number in range(ARTISTS))
    numbers = iter(range(first, tracks + 1))
    while batch := list(islice(numbers, BATCH)):
        add_tracks([_track(number) for number in batch])


def heavy_user():
    return get_user_model().objects.create_user(username="alice", email="alice@example.org", password=None)


def listens(
    total: int, tracks: int, heavy_id: int, heavy_listens: int = HEAVY_USER_LISTENS, days: int = DAYS
) -> Iterator[Listen]:
    """The heavy user's first, then everybody's, over so many days until now; few tracks are played much, most a
    little."""
    dice = random.Random(2026)
    now = datetime.now(UTC).replace(microsecond=0)
    heavy = min(heavy_listens, total)
    for number in range(total):
        user_id = heavy_id if number < heavy else heavy_id + dice.randint(1, USERS - 1)
        track_id = 1 + int(tracks * dice.random() ** 2)
        started_at = now - timedelta(seconds=dice.randint(300, days * 86400))
        yield made_up_listen(user_id, number, track_id, started_at, is_completed=dice.random() < 0.7)


def fill_sql(source: Iterator[Listen], total: int) -> None:
    """Without what the ORM does for each statement of 39 rows, and with more cache for a million random places."""
    fields = ListenRow._meta.concrete_fields
    marks = ", ".join(["%s"] * len(fields))
    insert = f"INSERT INTO {ListenRow._meta.db_table} ({', '.join(field.column for field in fields)}) VALUES ({marks})"

    def write(batch: list[Listen]) -> None:
        rows = map(_row, batch)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                insert,
                [[field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in rows],
            )

    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA cache_size = -{FILLING_CACHE_KIB}")
    _in_batches("SQLite", source, total, write)
    connection.close()


def fill_mongo(source: Iterator[Listen], total: int, uri: str) -> None:
    """The first time the indexes come afterwards: kept with every listen they take several times as long."""
    client: MongoClient[Document] = MongoClient(uri)
    listens = client.get_default_database()["listens"]
    if listens.find_one() is None:
        listens.drop()
    _in_batches("MongoDB", source, total, lambda batch: listens.insert_many(map(_document, batch), ordered=False))
    listens.create_indexes(list(wanted(is_cluster=False)))
    client.close()


def patient_mongo(uri: str) -> MongoListenStore:
    """Waits for large answers, and does not take a busy server for one that is away."""
    return MongoListenStore(MongoDoor(lambda: MongoClient(uri), PATIENCE_SECONDS))


def _in_batches(name: str, source: Iterator[Listen], total: int, write: Callable[[list[Listen]], object]) -> None:
    began, done = time.monotonic(), 0
    while batch := list(islice(source, BATCH)):
        write(batch)
        done += len(batch)
        rate = done / (time.monotonic() - began)
        print(f"\r{name}: {done:,} of {total:,} listens, {rate:,.0f} a second ", end="", flush=True)
    print()


def _track(number: int) -> NewTrack:
    digest = f"{number:064x}"
    tags = Tags(f"Track {number}", artist=_artist(number % ARTISTS), genres=(f"Genre {number % GENRES}",))
    facts = AudioFacts("mp3", 1, DURATION_MS, 192, 44_100, 2, digest, digest, tags, cover=None)
    return NewTrack(facts, uploader=None, file=f"tracks/{digest}.mp3", original_filename=f"{number}.mp3")


def _artist(number: int) -> str:
    return f"Artist {number:04}"


def made_up_listen(user_id: int, number: int, track_id: int, started_at: datetime, is_completed: bool) -> Listen:
    return Listen(
        user_id=user_id,
        event_id=str(UUID(int=number)),
        track_id=track_id,
        title=f"Track {track_id}",
        artist_id=1 + track_id % ARTISTS,
        artist_name=_artist(track_id % ARTISTS),
        genres=(f"genre-{track_id % GENRES}",),
        started_at=started_at,
        duration_ms=DURATION_MS,
        played_ms=DURATION_MS if is_completed else 20_000,
        ended=is_completed,
        completed=is_completed,
        completed_at=started_at + timedelta(milliseconds=DURATION_MS) if is_completed else None,
        counted=is_completed,
        source="library",
        client="web",
    )
