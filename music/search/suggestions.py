"""What somebody may mean while they type, and when they have mistyped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from rapidfuzz.distance import OSA

from music.albums import COLUMNS as ALBUM
from music.albums import album_of
from music.compiled import Compiled, compiled, places
from music.models import Album, Artist
from music.rows import COLUMNS, TrackRow
from music.search.ask import Asked, allowed_to, beginning, exists, ranked, unfinished, words_of
from music.search.dialect import dialect
from music.search.texts import ALBUMS, ARTISTS, TRACKS, Table

# Of a beginning that thousands have, the newest are good enough to choose a handful from.
MOST_RANKED = 500
# In the order in which the models have them.
SHOWN: dict[Table, tuple[str, ...]] = {
    ARTISTS: ("id", "name"),
    ALBUMS: ALBUM,
    TRACKS: COLUMNS,
}
SHORTEST_TO_CORRECT, LONGEST_TO_CORRECT = 4, 20
MOST_CANDIDATES, MOST_TRIED, MOST_SPELLINGS, MOST_COMBINATIONS, MOST_CORRECTED = 50, 12, 6, 24, 4


@dataclass(frozen=True)
class Suggestions:
    """`corrected` is the query that these are for, when it is another than what was asked."""

    artists: list[Artist]
    albums: list[Album]
    tracks: list[TrackRow]
    corrected: str = ""

    def __bool__(self) -> bool:
        return bool(self.artists or self.albums or self.tracks)


@dataclass(frozen=True)
class Spelling:
    distance: int
    word: str
    is_new: bool = False


def suggest(user: Any, query: str, limit: int = 5) -> Suggestions:
    """Up to `limit` of each: names that begin with the query, then those that have its words anywhere."""
    found = _suggested(user, query, limit)
    if found:
        return found
    better = corrected(user, query)
    return _suggested(user, better, limit, better) if better else found


def _suggested(user: Any, query: str, limit: int, corrected: str = "") -> Suggestions:
    return Suggestions(
        find_artists(user, query, limit),
        find_albums(user, query, limit),
        [TrackRow(*values) for values in _found(TRACKS, user, query, limit)],
        corrected,
    )


def find_artists(user: Any, query: str, limit: int) -> list[Artist]:
    return [_artist(*values) for values in _found(ARTISTS, user, query, limit)]


def find_albums(user: Any, query: str, limit: int) -> list[Album]:
    return [album_of(values) for values in _found(ALBUMS, user, query, limit)]


def _artist(*values: Any) -> Artist:
    """With the columns that are shown alone, as the ORM would have it after `only`."""
    return Artist.from_db(DEFAULT_DB_ALIAS, SHOWN[ARTISTS], values)


def _found(table: Table, user: Any, query: str, limit: int) -> list[tuple[Any, ...]]:
    """The columns that are shown of each."""
    ids = _first(table, user, query, limit)
    known = dict.fromkeys(places(limit), 0) | dict(zip(places(limit), ids, strict=False))
    rows = {row[0]: row for row in (_shown(table, limit).rows(known) if ids else ())}
    return [rows[pk] for pk in ids if pk in rows]


@lru_cache
def _shown(table: Table, limit: int) -> Compiled:
    return compiled(table.model.objects.order_by().filter(pk__in=places(limit)).values_list(*SHOWN[table]))


def _first(table: Table, user: Any, query: str, limit: int) -> list[int]:
    words = words_of(query)
    if not words:
        return []
    ids = beginning(table, user.pk, query, limit)
    if len(ids) < limit:
        among = allowed_to(user.pk, table)
        more = ranked(table, among, unfinished(words), most=MOST_RANKED)
        ids += [pk for _score, pk in more if pk not in ids]
    return ids[:limit]


class Sight:
    """What one reader may find."""

    def __init__(self, user: Any) -> None:
        self._tracks, self._artists = allowed_to(user.pk, TRACKS), allowed_to(user.pk, ARTISTS)

    def finds(self, asked: Asked) -> bool:
        """Tracks carry the names of their albums and artists; other names of an artist are with the artist alone."""
        return exists(TRACKS, self._tracks, asked) or exists(ARTISTS, self._artists, asked)


def corrected(user: Any, query: str) -> str:
    """The query with mistyped words put right, when only so it finds something that the reader may see; else ""."""
    words, sight = words_of(query), Sight(user)
    if not words or sight.finds(unfinished(words)):
        return ""
    for spellings in islice(_combinations(sight, words), MOST_COMBINATIONS):
        new, old = (tuple(each.word for each in spellings if each.is_new is is_new) for is_new in (True, False))
        if sight.finds(Asked(new, old)):
            return " ".join(each.word for each in spellings)
    return ""


def _combinations(sight: Sight, words: Sequence[str]) -> list[tuple[Spelling, ...]]:
    """Those first that change least. Words that are known stay as they are, unless all of them are."""
    known = [len(word) < SHORTEST_TO_CORRECT or sight.finds(Asked((), (word,))) for word in words]
    choices = []
    for place, (word, is_known) in enumerate(zip(words, known, strict=True)):
        choice = [Spelling(0, word)] if is_known else []
        if place < MOST_CORRECTED and (not is_known or all(known)):
            choice += _spellings(sight, word, is_last=word == words[-1])
        choices.append(choice)
    return sorted(product(*choices), key=lambda each: sum(spelling.distance for spelling in each))


def _spellings(sight: Sight, word: str, *, is_last: bool) -> list[Spelling]:
    """Words near to this one, the nearest first, that the reader may see."""
    if not SHORTEST_TO_CORRECT <= len(word) <= LONGEST_TO_CORRECT:
        return []
    candidates = [each for each in dialect().similar_words(word, MOST_CANDIDATES) if each != word]
    near = [Spelling(_distance(word, each, is_last=is_last), each, is_new=True) for each in candidates]
    near = sorted(
        (each for each in near if each.distance <= (1 if len(word) < 6 else 2)), key=lambda each: each.distance
    )
    return [each for each in near[:MOST_TRIED] if sight.finds(Asked((each.word,), ()))][:MOST_SPELLINGS]


def _distance(word: str, candidate: str, *, is_last: bool) -> int:
    """In letters, neighbours that changed places counting one. Of the last word only the beginning may be there."""
    whole = OSA.distance(word, candidate)
    if not is_last:
        return whole
    return min(whole, *(1 + OSA.distance(word, candidate[: len(word) + more]) for more in (-1, 0, 1)))
