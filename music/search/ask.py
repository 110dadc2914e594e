"""Finds tracks, albums and artists by their words, among those that a queryset lets through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core import signing
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet
from django.db.models.functions import Collate

from music.models import Track
from music.paging import Page
from music.querysets import TrackQuerySet
from music.rows import TrackRow, rows_of
from music.search.dialect import dialect
from music.search.fold import fold, sort_key
from music.search.texts import TRACKS, Table

MOST_LETTERS, MOST_WORDS, MOST_LETTERS_OF_A_WORD = 400, 8, 40
ARTICLES = frozenset(("the", "a", "an"))
# A word may be in every fifth track. Of more than this only the newest are ranked.
MOST_RANKED = 5000
EXACTLY = 100
SALT = "music.search."
BEFORE_ALL = (-1e9, 0)


class Asked(NamedTuple):
    """Words to be found as they are, words to begin with, and the whole name it may be."""

    words: tuple[str, ...]
    beginnings: tuple[str, ...]
    name: str = ""


class Allowed(NamedTuple):
    """The ids that may be found, as SQL: compiled once for all the questions of one request."""

    sql: str
    parameters: tuple[Any, ...]


def allowed(rows: QuerySet[Any]) -> Allowed:
    try:
        return Allowed(*rows.order_by().values("id").query.get_compiler(DEFAULT_DB_ALIAS).as_sql())
    except EmptyResultSet:
        return Allowed("SELECT 0 AS id WHERE 1 = 0", ())


def words_of(query: str) -> list[str]:
    """At most eight, each once; without articles, unless there is nothing else. What is no letter or digit is a gap."""
    words = [word[:MOST_LETTERS_OF_A_WORD] for word in folded(query).split()]
    words = list(dict.fromkeys(words))
    return ([word for word in words if word not in ARTICLES] or words)[:MOST_WORDS]


def folded(query: str) -> str:
    return fold(query[:MOST_LETTERS])


def find_tracks(tracks: TrackQuerySet, query: str, *, after: str = "", size: int) -> Page:
    """The `size` tracks (`TrackRow`) that follow the cursor `after`, the best first; all words must be found.

    From the start when the cursor was not issued for these words. At most 5,000 tracks, the newest.
    """
    words = words_of(query)
    if not words:
        return Page([], "")
    salt, among = SALT + " ".join(words), allowed(tracks)
    asked = _finished(among, words, query)
    found = ranked(TRACKS, among, asked, position=_position(after, salt), limit=size + 1)
    next_cursor = signing.dumps(found[size - 1], salt=salt) if len(found) > size else ""
    return Page(rows_in_order(pk for _score, pk in found[:size]), next_cursor)


def rows_in_order(ids: Any) -> list[TrackRow]:
    ids = list(ids)
    rows = {row.pk: row for row in rows_of(Track.objects.filter(pk__in=ids))}
    return [rows[pk] for pk in ids if pk in rows]


def _position(cursor: str, salt: str) -> tuple[float, int]:
    try:
        score, pk = signing.loads(cursor, salt=salt)
    except (signing.BadSignature, ValueError):
        return BEFORE_ALL
    return score, pk


def _finished(among: Allowed, words: Sequence[str], query: str) -> Asked:
    """One or two letters are a word ("U2") and only then a beginning, which too much has."""
    if len(words) == 1 and len(words[0]) < 3:
        as_word = Asked(tuple(words), (), folded(query))
        return as_word if exists(TRACKS, among, as_word) else Asked((), tuple(words), folded(query))
    return _asked(words, query)


def unfinished(words: Sequence[str], query: str) -> Asked:
    """While it is typed: a last letter alone says too little, and too much begins with it."""
    *others, last = words
    if not others and len(last) < 3:
        return Asked((last,), (), folded(query))
    return _asked(others if len(last) == 1 else words, query)


def _asked(words: Sequence[str], query: str) -> Asked:
    letters, beginnings = (tuple(each for each in words if (len(each) == 1) is is_one) for is_one in (True, False))
    return Asked(letters, beginnings, folded(query))


def ranked(
    table: Table,
    among: Allowed,
    asked: Asked,
    *,
    limit: int,
    position: tuple[float, int] = BEFORE_ALL,
    most: int = MOST_RANKED,
) -> list[tuple[float, int]]:
    """Scores and ids of what follows `position`, the best first. A name that is the query stands before all others."""
    source, parameters = _source(table, among, asked)
    score, score_parameters = dialect().score(table, _expression(asked))
    scored = (
        f"SELECT {table.name}.rowid AS id, "
        f"{score} - CASE WHEN {table.name}.name IN (%s, %s) THEN {EXACTLY} ELSE 0 END AS score "
        f"{source} ORDER BY {table.name}.rowid DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT score, id FROM ({scored}) AS scored WHERE (score, id) > (%s, %s) ORDER BY score, id LIMIT %s",  # noqa: S608
            [*score_parameters, asked.name, f"the {asked.name}", *parameters, most, *position, limit],
        )
        return cursor.fetchall()


def exists(table: Table, among: Allowed, asked: Asked) -> bool:
    source, parameters = _source(table, among, asked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 {source} LIMIT 1", parameters)
        return cursor.fetchone() is not None


def _source(table: Table, among: Allowed, asked: Asked) -> tuple[str, list[Any]]:
    """FROM and WHERE: what matches and is allowed, so that a limit counts nothing else."""
    source: tuple[str, list[Any]] = dialect().source(table, among.sql, among.parameters, _expression(asked))
    return source


def _expression(asked: Asked) -> str:
    return dialect().expression(asked.words, asked.beginnings)


def beginning(table: Table, visible: QuerySet[Any], query: str, limit: int) -> list[int]:
    """Ids of those whose name begins like that, in the order of their names."""
    key = sort_key(query[:MOST_LETTERS])
    begins = visible.annotate(beginning=Collate(table.sort_column, dialect().COLLATION))
    begins = begins.filter(beginning__gte=key, beginning__lt=f"{key}\U0010ffff")
    return list(begins.order_by("beginning", "pk").values_list("pk", flat=True)[:limit])
