"""Keeps what can be found in step with the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice

from django.db import connection, transaction

from music.models import Album, Track, TrackCredit
from music.search.dialect import dialect
from music.search.texts import ALBUMS, ARTISTS, TABLES, TRACKS, Table, Texts

BATCH = 500


def index_tracks(track_ids: Iterable[int]) -> None:
    """To be called when tracks were added, or when they, their artists or their albums changed their names.

    What has not changed is not written again. Ids of tracks that are gone are forgotten.
    """
    for ids in _batches(sorted(set(track_ids))):
        with transaction.atomic():
            _index(TRACKS, ids)
            albums = set(Track.objects.filter(pk__in=ids).values_list("album", flat=True)) - {None}
            artists = {
                *TrackCredit.objects.filter(track__in=ids).values_list("artist", flat=True),
                *Album.objects.filter(pk__in=albums).values_list("album_artist", flat=True),
            }
            index_names(albums=albums, artists=artists)


def index_names(albums: Iterable[int] = (), artists: Iterable[int] = ()) -> None:
    """The same for albums and artists alone; those that are gone are forgotten."""
    for table, ids in ((ALBUMS, albums), (ARTISTS, artists)):
        for batch in _batches(sorted(set(ids))):
            _index(table, batch)


def _index(table: Table, ids: Sequence[int]) -> int:
    """How many rows were not as they should be."""
    wanted, stored = table.texts(ids), _stored(table, ids)
    changed = {pk: texts for pk, texts in sorted(wanted.items()) if stored.get(pk) != texts}
    _forget(table, stored.keys() - wanted.keys())
    _write(table, changed)
    return len(changed) + len(stored.keys() - wanted.keys())


def _stored(table: Table, ids: Sequence[int]) -> Texts:
    places = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT rowid, {', '.join(table.columns)} FROM {table.name} WHERE rowid IN ({places})", ids)  # noqa: S608
        return {pk: tuple(texts) for pk, *texts in cursor.fetchall()}


def _forget(table: Table, ids: Collection[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {table.name} WHERE rowid = %s", [(pk,) for pk in sorted(ids)])  # noqa: S608


def _write(table: Table, texts: Texts) -> None:
    if not texts:
        return
    language = dialect()
    with connection.cursor() as cursor:
        cursor.executemany(language.insert(table), [language.row(pk, each) for pk, each in texts.items()])
    _write_words(word for columns in texts.values() for text in columns for word in text.split())


def _write_words(words: Iterable[str]) -> None:
    """In order, so that two who write the same words at the same time never wait for each other."""
    rows = [(word,) for word in sorted(set(words))]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO search_words (word) VALUES (%s) ON CONFLICT DO NOTHING", rows)


def how_many() -> int:
    return sum(table.model.objects.count() for table in TABLES)


def rebuild(progress: Callable[[int], object]) -> int:
    """Put everything in step and make the indexes anew; how many rows were wrong. `progress` is told how many more."""
    with transaction.atomic():
        found = 0
        for table, ids in _everything():
            found += _index(table, ids)
            progress(len(ids))
        found += _forget_strays()
        dialect().rebuild(TABLES)
        _write_words(word for table in TABLES for word in _words_of(table))
    return found


def differences(progress: Callable[[int], object]) -> int:
    """How many rows `rebuild` would put right."""
    found = sum(len(_strays(table)) for table in TABLES)
    for table, ids in _everything():
        found += len(dict(table.texts(ids).items() - _stored(table, ids).items()))
        progress(len(ids))
    return found


def _words_of(table: Table) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(table.columns)} FROM {table.name}")  # noqa: S608
        return {word for texts in cursor.fetchall() for text in texts for word in text.split()}


def _forget_strays() -> int:
    found = 0
    for table in TABLES:
        strays = _strays(table)
        _forget(table, strays)
        found += len(strays)
    return found


def _strays(table: Table) -> list[int]:
    """Rows whose object is gone."""
    known = f"SELECT id FROM {table.model._meta.db_table}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT rowid FROM {table.name} WHERE rowid NOT IN ({known})")  # noqa: S608
        return [pk for (pk,) in cursor.fetchall()]


def _everything() -> Iterator[tuple[Table, list[int]]]:
    for table in TABLES:
        for ids in _batches(list(table.model.objects.order_by("pk").values_list("pk", flat=True))):
            yield table, ids


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    remaining = iter(ids)
    while batch := list(islice(remaining, BATCH)):
        yield batch
