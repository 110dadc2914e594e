"""A library of albums and a listener with a history, made up the same way every time, for rules to be asked of."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from audio.facts import AudioFacts, Tags
from benchmarks import shelf_world as world
from listening.models import ListenRow, TrackTotal
from listening.rollups import rebuild
from listening.sql import SqlListenStore, _row
from music.cataloguing import NewTrack, add_tracks
from music.models import Track
from playlists.editing import add_tracks as put_into
from playlists.models import Playlist, Rating, Star

READER = "alice"
UPLOADERS = ("alice", "bob", "carol", "dave")
ALBUM, ARTISTS, YEARS = 12, 2000, 65
GENRES = ("Jazz", "Rock", "Folk", "Techno", "Ambient", "Hip Hop", "Metal", "Soul", "Punk", "Blues")
WORDS = ("Midnight", "Love", "River", "Glass", "Summer", "Engine", "Paper", "Winter", "Stone", "Fire", "Garden")
HEAVY, DAYS = 100_000, 5 * 365
MARKED, LISTED = 10_000, 10_000
SUM_UP = f"""
    INSERT INTO {TrackTotal._meta.db_table} (user_id, track_id, plays, begun, finished, skipped, last_at)
    SELECT user_id, track_id, SUM(CASE WHEN heard THEN 1 ELSE 0 END), COUNT(*),
        SUM(CASE WHEN completed THEN 1 ELSE 0 END), SUM(CASE WHEN skipped THEN 1 ELSE 0 END), MAX(started_at)
    FROM {ListenRow._meta.db_table} WHERE user_id <> %s GROUP BY user_id, track_id
"""


def fill(tracks: int, listens: int) -> None:
    """READER has brought in a twentieth and heard HEAVY times. Whole steps of a run that was stopped stay."""
    users = [_user(name) for name in UPLOADERS]
    numbers = iter(range(Track.objects.count(), tracks))
    while batch := list(islice(numbers, world.BATCH)):
        add_tracks([_track(number, users) for number in batch])
    _spread_over_time(tracks)
    if not ListenRow.objects.exists():
        with _without_indexes(ListenRow):
            _hear(listens, tracks, users[0].pk)
    rebuild(users[0].pk, users[0].profile.time_zone, SqlListenStore())
    TrackTotal.objects.exclude(user_id=users[0].pk).delete()
    _sum_up_others(users[0].pk)
    _mark(users[0])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # All tracks were just changed at once, which leaves indexes of twice their size.
            cursor.execute(f"REINDEX TABLE {Track._meta.db_table}")
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA optimize")


def _user(name: str) -> Any:
    users = get_user_model().objects
    return users.filter(username=name).first() or users.create_user(name, f"{name}@example.org", password=None)


def _hear(listens: int, tracks: int, reader_id: int) -> None:
    """Rows as `listens` of shelf_world has them, without what a Listen and a ListenRow take to make."""
    names = [field.column for field in ListenRow._meta.concrete_fields]
    table, marks = ListenRow._meta.db_table, ", ".join(["%s"] * len(names))
    insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
    rows = _rows(names, listens, tracks, reader_id)
    while batch := list(islice(rows, world.BATCH)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(insert, batch)


def _rows(names: list[str], listens: int, tracks: int, reader_id: int) -> Iterator[list[Any]]:
    dice, now, adapted = random.Random(2026), timezone.now(), connection.ops.adapt_datetimefield_value
    like = _row(world.made_up_listen(reader_id, 0, 1, now, is_completed=True))
    known = {
        field.column: field.get_db_prep_save(getattr(like, field.attname), connection)
        for field in ListenRow._meta.concrete_fields
    }
    for number in range(listens):
        is_completed, began = dice.random() < 0.7, now - timedelta(seconds=dice.randint(300, DAYS * 86_400))
        known |= {
            "event_id": str(UUID(int=number)),
            "user_id": reader_id if number < HEAVY else reader_id + dice.randint(1, world.USERS - 1),
            "track_id": 1 + int(tracks * dice.random() ** 2),
            "started_at": adapted(began),
            "played_ms": world.DURATION_MS if is_completed else 20_000,
            "completed_at": adapted(began + timedelta(milliseconds=world.DURATION_MS)) if is_completed else None,
            "skipped": not is_completed,
            **dict.fromkeys(("ended", "completed", "counted", "heard"), is_completed),
        }
        yield [known[name] for name in names]


def _track(number: int, users: list[Any]) -> NewTrack:
    album = number // ALBUM
    artist = f"Artist {album % ARTISTS:04}"
    tags = Tags(
        f"{WORDS[number % 11]} {WORDS[number // 11 % 11]} {number}",
        artist=artist,
        album_artist=artist,
        album=f"{WORDS[album % 11]} Album {album}",
        genres=(GENRES[album % 10],),
        year=2026 - album * 7 % YEARS,
        track_number=number % ALBUM + 1,
    )
    digest = f"{number:064x}"
    kind = ("mp3", "mp3", "ogg", "wav")[album % 4]
    duration_ms, bitrate_kbps = 90_000 + number * 7919 % 400_000, (128, 192, 256, 320)[number % 4]
    facts = AudioFacts(kind, 1, duration_ms, bitrate_kbps, 44_100, 2, digest, digest, tags, cover=None)
    return NewTrack(
        facts,
        uploader=users[0] if album % 20 == 0 else users[1 + album % 3],
        file=f"tracks/{digest}.{kind}",
        original_filename=f"{number}.{kind}",
        visibility="private" if album % 10 == 0 else "public",
    )


def _spread_over_time(tracks: int) -> None:
    """As if the library had grown for five years."""
    now, step = timezone.now(), max(1, tracks // 60)
    for month in range(60):
        some = Track.objects.filter(pk__gt=tracks - (month + 1) * step, pk__lte=tracks - month * step)
        some.update(added_at=now - timedelta(days=30 * month))


@contextmanager
def _without_indexes(model: Any) -> Iterator[None]:
    """Made at once they take a fraction of what they take kept with every row."""
    with connection.schema_editor() as editor:
        for index in model._meta.indexes:
            editor.remove_index(model, index)
    yield
    with connection.schema_editor() as editor:
        for index in model._meta.indexes:
            editor.add_index(model, index)


def _sum_up_others(reader_id: int) -> None:
    """What lies beside the reader's sums, by one statement for all: the product asks a store for each."""
    with connection.cursor() as cursor:
        cursor.execute(SUM_UP, [reader_id])


def _mark(reader: Any) -> None:
    """Stars, ratings and a long playlist of their own."""
    seen = list(Track.objects.visible_to(reader).order_by("pk").values_list("pk", flat=True))
    some = seen[:: max(1, len(seen) // MARKED)]
    Star.objects.bulk_create((Star(user=reader, track_id=pk) for pk in some), 500)
    Rating.objects.bulk_create((Rating(user=reader, track_id=pk, stars=1 + pk % 5) for pk in some), 500)
    playlist = Playlist.objects.create(owner=reader, name="Long")
    for start in range(0, LISTED, 1000):
        put_into(playlist, seen[start : start + 1000], reader)
