"""Finds tracks, albums and artists by their words, among those that a queryset lets through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Collate

from music.compiled import ID, NOTHING, Compiled, compiled
from music.cursors import cursor_of, place_of
from music.paging import Page
from music.rows import in_this_order
from music.search.dialect import dialect
from music.search.fold import fold, sort_key
from music.search.texts import TABLES, TRACKS, Table

MOST_LETTERS, MOST_WORDS, MOST_LETTERS_OF_A_WORD = 400, 8, 40
ARTICLES = frozenset(("the", "a", "an"))
# A word may be in every fifth track. Of more than this only the newest are ranked.
MOST_RANKED = 200
BEGINS_SO, RANKED, OLDER = range(3)
FROM_THE_START = BEGINS_SO, "", 0
# What stands for names and a place in their order until they are known; ID stands for the reader.
FIRST, LAST, KEY, PLACE = "<first>", "<last>", "<key>", -876_543_210
IS_BETWEEN = Q(key__gte=FIRST, key__lt=LAST)


class Asked(NamedTuple):
    """Words to be found as they are, and words to begin with."""

    words: tuple[str, ...]
    beginnings: tuple[str, ...]


def allowed_to(user_id: int | None, table: Table) -> Compiled:
    """The ids that somebody may find."""
    return _allowed(table).knowing({ID: user_id}) if user_id else NOTHING


@cache
def _allowed(table: Table) -> Compiled:
    return compiled(_visible(table).order_by().values("id"))


def _visible(table: Table) -> QuerySet[Any]:
    """What somebody who has signed in may see."""
    visible: QuerySet[Any] = table.model.objects.visible_to(get_user_model()(pk=ID))
    return visible


def get_ready(limit: int) -> None:
    """Write the questions that suggestions of so many ask before somebody waits for them."""
    for table in TABLES:
        _beginning(table, limit)
        _allowed(table)
        _all(table)


def words_of(query: str) -> list[str]:
    """At most eight, each once; without articles, unless there is nothing else. What is no letter or digit is a gap."""
    words = [word[:MOST_LETTERS_OF_A_WORD] for word in folded(query).split()]
    words = list(dict.fromkeys(words))
    return ([word for word in words if word not in ARTICLES] or words)[:MOST_WORDS]


def folded(query: str) -> str:
    return fold(query[:MOST_LETTERS])


def find_tracks(user: Any, query: str, *, after: str = "", size: int) -> Page:
    """The `size` tracks (`TrackRow`) that follow the cursor `after`, the best first; all words must be found.

    From the start when the cursor was not issued for these words. First come those whose name begins with the query,
    by name; then the newest 200 of the others, ranked; then all that are older, the newest first.
    """
    words = words_of(query)
    if not words or not user.is_authenticated:
        return Page([], "")
    name = "search." + " ".join(words)
    position = Place(*(place_of(name, after) or FROM_THE_START))
    found = list(islice(_following(user.pk, query, words, position, size + 1), size + 1))
    next_cursor = cursor_of(name, found[size - 1][:3]) if len(found) > size else ""
    read = {place.pk: place.shown for place in found if place.shown}
    return Page(in_this_order(user, [place.pk for place in found[:size]], read=read), next_cursor)


class Place(NamedTuple):
    """Where a track stands: the part, what that part is sorted by, and its id; `shown` are its columns if known."""

    part: int
    key: Any
    pk: int
    shown: tuple[Any, ...] = ()


def _following(user_id: int, query: str, words: Sequence[str], position: Place, limit: int) -> Iterator[Place]:
    """Each part is asked for only when those before it are not enough."""
    name = sort_key(folded(query))
    if position.part == BEGINS_SO:
        begun = _beginning(TRACKS, limit).rows(_between(user_id, name, position.key, position.pk))
        yield from (Place(BEGINS_SO, key, shown[0], tuple(shown)) for key, *shown in begun)
        if not (begun or known(words)):
            return
    others = _others().knowing(_between(user_id, name))
    asked, below = _finished(others, words), position.pk
    if position.part != OLDER:
        newest = ranked(TRACKS, others, asked, most=MOST_RANKED)
        yield from (place for place in (Place(RANKED, *each) for each in newest) if place > position)
        if len(newest) < MOST_RANKED:
            return
        below = min(pk for _score, pk in newest)
    yield from (Place(OLDER, 0, pk) for pk in _older(others, asked, below, limit))


def _older(among: Compiled, asked: Asked, below: int, limit: int) -> list[int]:
    """Ids below that one, the highest first."""
    source, parameters = _source(TRACKS, among, _expression(asked))
    question = f"SELECT {TRACKS.name}.rowid {source} AND {TRACKS.name}.rowid < %s ORDER BY 1 DESC LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(question, [*parameters, below, limit])
        return [pk for (pk,) in cursor.fetchall()]


def _finished(among: Compiled, words: Sequence[str]) -> Asked:
    """One or two letters are a word ("U2") and only then a beginning, which too much has."""
    if len(words) == 1 and len(words[0]) < 3:
        as_word = Asked(tuple(words), ())
        return as_word if exists(as_word, {TRACKS: among}) else Asked((), tuple(words))
    return _asked(words)


def unfinished(words: Sequence[str]) -> Asked:
    """While it is typed: a last letter alone says too little, and too much begins with it."""
    *others, last = words
    if not others and len(last) < 3:
        return Asked((last,), ())
    return _asked(others if len(last) == 1 else words)


def _asked(words: Sequence[str]) -> Asked:
    letters, beginnings = (tuple(each for each in words if (len(each) == 1) is is_one) for is_one in (True, False))
    return Asked(letters, beginnings)


def ranked(table: Table, among: Compiled, asked: Asked, *, most: int) -> list[tuple[float, int]]:
    """Scores and ids of the newest `most` that match, the best first."""
    newest, parameters = _newest(table, among, asked, most)
    with connection.cursor() as cursor:
        cursor.execute(newest, parameters)
        return sorted(cursor.fetchall())


def matching(table: Table, query: str, most: int) -> list[int] | None:
    """Ids of the newest `most` that match, whoever may see them: for staff. None of no words."""
    words = words_of(query)
    if not words:
        return None
    everything = compiled(table.model.objects.order_by().values("id"))
    return [pk for _score, pk in ranked(table, everything, unfinished(words), most=most)]


def best(table: Table, among: Compiled, asked: Asked, *, most: int, limit: int) -> list[tuple[Any, ...]]:
    """What is shown of the first `limit` of those."""
    newest, parameters = _newest(table, among, asked, most)
    first = f"SELECT score, id FROM ({newest}) AS newest ORDER BY score, id LIMIT %s"  # noqa: S608 names of ours
    question = (
        f"SELECT shown.* FROM ({first}) AS best CROSS JOIN ({_all(table).sql}) AS shown "  # noqa: S608
        f"WHERE shown.{table.shown[0]} = best.id ORDER BY best.score, best.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(question, [*parameters, limit])
        return cursor.fetchall()


def _newest(table: Table, among: Compiled, asked: Asked, most: int) -> tuple[str, list[Any]]:
    source, parameters = _source(table, among, _expression(asked))
    score, score_parameters = dialect().score(table, _expression(asked))
    newest = f"SELECT {score} AS score, {table.name}.rowid AS id {source} ORDER BY {table.name}.rowid DESC LIMIT %s"
    return newest, [*score_parameters, *parameters, most]


@cache
def _all(table: Table) -> Compiled:
    return compiled(table.model.objects.order_by().values_list(*table.shown))


def known(words: Iterable[str]) -> bool:
    """Whether names have words that begin so, whoever may see them. Where none has, there is nothing to look for."""
    conditions, parameters = zip(*map(dialect().begins, words), strict=True)
    question = " AND ".join(f"EXISTS(SELECT 1 FROM search_words WHERE {condition})" for condition in conditions)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 WHERE {question}", [each for pair in parameters for each in pair])
        return cursor.fetchone() is not None


def exists(asked: Asked, among: Mapping[Table, Compiled]) -> bool:
    """Whether one of the tables has it, in one question."""
    sources = [_source(table, allowed, _expression(asked)) for table, allowed in among.items()]
    question = " OR ".join(f"EXISTS(SELECT 1 {source})" for source, _parameters in sources)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 WHERE {question}", [each for _source, parameters in sources for each in parameters])
        return cursor.fetchone() is not None


def _source(table: Table, among: Compiled, expression: str) -> tuple[str, list[Any]]:
    """FROM and WHERE: what matches and is allowed, so that a limit counts nothing else."""
    source: tuple[str, list[Any]] = dialect().source(table, among.sql, among.parameters, expression)
    return source


def _expression(asked: Asked) -> str:
    return dialect().expression(asked.words, asked.beginnings)


def beginning(table: Table, user_id: int, query: str, limit: int) -> list[tuple[Any, ...]]:
    """What is shown of those whose name begins like that, in the order of their names."""
    begun = _beginning(table, limit).rows(_between(user_id, sort_key(query[:MOST_LETTERS])))
    return [tuple(shown) for _key, *shown in begun]


def _between(user_id: int, name: str, key: str = "", pk: int = 0) -> dict[Any, Any]:
    """What begins with the name, after that key and id."""
    return {ID: user_id, FIRST: key or name, LAST: f"{name}\U0010ffff", KEY: key, PLACE: pk}


@lru_cache
def _beginning(table: Table, limit: int) -> Compiled:
    begin = _keyed(table).filter(IS_BETWEEN).filter(Q(key__gt=KEY) | Q(pk__gt=PLACE))
    return compiled(begin.order_by("key", "pk").values_list("key", *table.shown)[:limit])


@cache
def _others() -> Compiled:
    """The ids of tracks whose name does not begin so."""
    return compiled(_keyed(TRACKS).exclude(IS_BETWEEN).order_by().values("id"))


def _keyed(table: Table) -> QuerySet[Any]:
    return _visible(table).annotate(key=Collate(table.sort_column, dialect().COLLATION))
