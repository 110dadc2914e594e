"""Finds tracks, albums and artists by their words, among those that a queryset lets through."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Collate

from music.compiled import Compiled, compiled
from music.paging import Page
from music.rows import in_this_order
from music.search.dialect import dialect
from music.search.fold import fold, sort_key
from music.search.texts import TRACKS, Table

MOST_LETTERS, MOST_WORDS, MOST_LETTERS_OF_A_WORD = 400, 8, 40
ARTICLES = frozenset(("the", "a", "an"))
# A word may be in every fifth track. Of more than this only the newest are ranked, and those whose name begins so.
MOST_RANKED = 500
CALLED_SO, BEGINS_SO = -200.0, -100.0
SALT = "music.search."
BEFORE_ALL = (-1e9, 0)
FIRST, LAST = "<first>", "<last>"  # what stands for a beginning until it is known


class Asked(NamedTuple):
    """Words to be found as they are, words to begin with, and the whole name it may be."""

    words: tuple[str, ...]
    beginnings: tuple[str, ...]
    name: str = ""


@lru_cache(maxsize=1000)
def allowed_to(user_id: int | None, table: Table) -> Compiled:
    """The ids that somebody may find."""
    return compiled(_visible(table, user_id).order_by().values("id"))


def _visible(table: Table, user_id: int | None) -> QuerySet[Any]:
    reader = get_user_model()(pk=user_id) if user_id else AnonymousUser()
    visible: QuerySet[Any] = table.model.objects.visible_to(reader)
    return visible


def words_of(query: str) -> list[str]:
    """At most eight, each once; without articles, unless there is nothing else. What is no letter or digit is a gap."""
    words = [word[:MOST_LETTERS_OF_A_WORD] for word in folded(query).split()]
    words = list(dict.fromkeys(words))
    return ([word for word in words if word not in ARTICLES] or words)[:MOST_WORDS]


def folded(query: str) -> str:
    return fold(query[:MOST_LETTERS])


def find_tracks(user: Any, query: str, *, after: str = "", size: int) -> Page:
    """The `size` tracks (`TrackRow`) that follow the cursor `after`, the best first; all words must be found.

    From the start when the cursor was not issued for these words. Of more than 500 tracks the newest 500, and 500
    whose name begins with the query.
    """
    words = words_of(query)
    if not words:
        return Page([], "")
    salt, among = SALT + " ".join(words), allowed_to(user.pk, TRACKS)
    asked = _finished(among, words, query)
    found = ranked(TRACKS, among, asked, position=_position(after, salt), limit=size + 1, most=MOST_RANKED)
    next_cursor = signing.dumps(found[size - 1], salt=salt) if len(found) > size else ""
    return Page(in_this_order(user, [pk for _score, pk in found[:size]]), next_cursor)


def _position(cursor: str, salt: str) -> tuple[float, int]:
    try:
        score, pk = signing.loads(cursor, salt=salt)
    except (signing.BadSignature, ValueError):
        return BEFORE_ALL
    return score, pk


def _finished(among: Compiled, words: Sequence[str], query: str) -> Asked:
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
    among: Compiled,
    asked: Asked,
    *,
    limit: int,
    most: int,
    position: tuple[float, int] = BEFORE_ALL,
) -> list[tuple[float, int]]:
    """Scores and ids of what follows `position`, the best first. Names that begin with the query stand before others,
    and first of all the one that is the query."""
    source, parameters = _source(table, among, _expression(asked))
    score, score_parameters = dialect().score(table, _expression(asked))
    newest = f"SELECT {table.name}.rowid AS id, {score} AS score {source} ORDER BY {table.name}.rowid DESC LIMIT %s"
    key = f'{table.sort_column} COLLATE "{dialect().COLLATION}"'
    begin = f"SELECT id, {key} AS key FROM {table.model._meta.db_table} WHERE {key} >= %s AND {key} < %s"  # noqa: S608
    named = (
        f"SELECT id, CASE WHEN key = %s THEN {CALLED_SO} ELSE {BEGINS_SO} END FROM ({begin}) AS begin "  # noqa: S608
        f"WHERE id IN ({among.sql}) ORDER BY key LIMIT %s"
    )
    name = sort_key(asked.name)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(score) AS score, id FROM "  # noqa: S608
            f"(SELECT * FROM ({newest}) AS newest UNION ALL SELECT * FROM ({named}) AS named) AS scored "
            "GROUP BY id HAVING (min(score), id) > (%s, %s) ORDER BY 1, 2 LIMIT %s",
            [
                *(*score_parameters, *parameters, most),
                *(name, *beginning_with(name), *among.parameters, most),
                *(*position, limit),
            ],
        )
        return cursor.fetchall()


def exists(table: Table, among: Compiled, asked: Asked) -> bool:
    source, parameters = _source(table, among, _expression(asked))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 {source} LIMIT 1", parameters)
        return cursor.fetchone() is not None


def _source(table: Table, among: Compiled, expression: str) -> tuple[str, list[Any]]:
    """FROM and WHERE: what matches and is allowed, so that a limit counts nothing else."""
    source: tuple[str, list[Any]] = dialect().source(table, among.sql, among.parameters, expression)
    return source


def _expression(asked: Asked) -> str:
    return dialect().expression(asked.words, asked.beginnings)


def beginning(table: Table, user_id: int | None, query: str, limit: int) -> list[int]:
    """Ids of those whose name begins like that, in the order of their names."""
    first, last = beginning_with(sort_key(query[:MOST_LETTERS]))
    return [pk for (pk,) in _beginning(table, user_id, limit).rows({FIRST: first, LAST: last})]


def beginning_with(key: str) -> tuple[str, str]:
    """What begins so is from the first on, and before the second."""
    return key, f"{key}\U0010ffff"


@lru_cache(maxsize=1000)
def _beginning(table: Table, user_id: int | None, limit: int) -> Compiled:
    begins = _visible(table, user_id).annotate(beginning=Collate(table.sort_column, dialect().COLLATION))
    begins = begins.filter(beginning__gte=FIRST, beginning__lt=LAST)
    return compiled(begins.order_by("beginning", "pk").values_list("pk", flat=True)[:limit])
