"""What somebody may mean while they type, and when they have mistyped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from music.albums import AlbumRow, ArtistRow
from music.rows import TrackRow
from music.search.ask import Asked, allowed_to, beginning, best, exists, known, unfinished, words_of
from music.search.dialect import dialect
from music.search.fold import trigrams
from music.search.texts import ALBUMS, ARTISTS, TRACKS, Table

# Of a beginning that thousands have, the newest are good enough to choose a handful from.
MOST_RANKED = 500
SHORTEST_TO_CORRECT, LONGEST_TO_CORRECT = 4, 20
MOST_TRIED, MOST_SPELLINGS, MOST_COMBINATIONS, MOST_CORRECTED = 12, 6, 24, 4


@dataclass(frozen=True)
class Suggestions:
    """`corrected` is the query that these are for, when it is another than what was asked."""

    artists: list[ArtistRow]
    albums: list[AlbumRow]
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
    """Up to `limit` of each: names that begin with the query, then those that have its words anywhere.

    Words that begin with two letters are looked for only where they are neither a word nor the beginning of a name.
    """
    found, words = _suggested(user, query, limit), words_of(query)
    if not found and len(words) == 1 and len(words[0]) == 2:
        found = _suggested(user, query, limit, asked=Asked((), tuple(words)))
    if found or not (better := corrected(user, query)):
        return found
    return _suggested(user, better, limit, better)


def _suggested(user: Any, query: str, limit: int, corrected: str = "", asked: Asked | None = None) -> Suggestions:
    return Suggestions(
        [ArtistRow._make(values) for values in _found(ARTISTS, user, query, limit, asked)],
        [AlbumRow._make(values) for values in _found(ALBUMS, user, query, limit, asked)],
        [TrackRow(*values) for values in _found(TRACKS, user, query, limit, asked)],
        corrected,
    )


def find_artists(user: Any, query: str, limit: int) -> list[ArtistRow]:
    return [ArtistRow._make(values) for values in _found(ARTISTS, user, query, limit)]


def find_albums(user: Any, query: str, limit: int) -> list[AlbumRow]:
    return [AlbumRow._make(values) for values in _found(ALBUMS, user, query, limit)]


def _found(table: Table, user: Any, query: str, limit: int, asked: Asked | None = None) -> list[tuple[Any, ...]]:
    """The columns that are shown of each."""
    words = words_of(query)
    if not words or not user.is_authenticated:
        return []
    begun = beginning(table, user.pk, query, limit)
    if len(begun) == limit:
        return begun
    among, known = allowed_to(user.pk, table), {pk for pk, *_rest in begun}
    others = best(table, among, asked or unfinished(words), most=MOST_RANKED, limit=limit)
    return [*begun, *(each for each in others if each[0] not in known)][:limit]


class Sight:
    """What one reader may find; each question is asked once."""

    def __init__(self, user: Any) -> None:
        self._tracks, self._artists = allowed_to(user.pk, TRACKS), allowed_to(user.pk, ARTISTS)
        self._found: dict[Asked, bool] = {}

    def finds(self, asked: Asked) -> bool:
        """Tracks carry the names of their albums and artists; other names of an artist are with the artist alone."""
        if asked not in self._found:
            among = {TRACKS: self._tracks, ARTISTS: self._artists}
            self._found[asked] = known([*asked.words, *asked.beginnings]) and exists(asked, among)
        return self._found[asked]


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
    are_known = [len(word) < SHORTEST_TO_CORRECT or sight.finds(Asked((), (word,))) for word in words]
    choices = []
    for place, (word, is_known) in enumerate(zip(words, are_known, strict=True)):
        choice = [Spelling(0, word)] if is_known else []
        if place < MOST_CORRECTED and (not is_known or all(are_known)):
            choice += _spellings(sight, word, is_last=word == words[-1])
        choices.append(choice)
    return sorted(product(*choices), key=lambda each: sum(spelling.distance for spelling in each))


def _spellings(sight: Sight, word: str, *, is_last: bool) -> list[Spelling]:
    """Words near to this one, the nearest first, that the reader may see."""
    if not SHORTEST_TO_CORRECT <= len(word) <= LONGEST_TO_CORRECT:
        return []
    near = _near(word, 1 if len(word) < 6 else 2, is_last=is_last)
    return [each for each in near[:MOST_TRIED] if sight.finds(Asked((each.word,), ()))][:MOST_SPELLINGS]


def _near(word: str, most: int, *, is_last: bool) -> list[Spelling]:
    """Other words at most so many letters away, neighbours that changed places counting one; of those as near the ones
    first that share most. Of the last word only the beginning may be there."""
    candidates = _sharing_letters(word)
    found = dict(_within(word, candidates, most))
    for length in range(len(word) - 1, len(word) + 2) if is_last else ():
        for place, distance in _within(word, [each[:length] for each in candidates], most - 1):
            found[place] = min(found.get(place, most), distance + 1)
    near = [Spelling(distance, candidates[place], is_new=True) for place, distance in found.items()]
    groups = trigrams(word)
    return sorted(
        (each for each in near if each.word != word),
        key=lambda each: (each.distance, -len(groups & trigrams(each.word)), each.word),
    )


def _sharing_letters(word: str) -> list[str]:
    """Of four letters the two in the middle, when they changed places, leave no group of three as it was."""
    spellings = {word, f"{word[0]}{word[2]}{word[1]}{word[3]}"} if len(word) == 4 else {word}
    return list({each for spelling in spellings for each in dialect().similar_words(spelling)})


def _within(word: str, candidates: Sequence[str], most: int) -> Iterator[tuple[int, int]]:
    """Places and distances of those at most so many letters away."""
    near = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=most, limit=None)
    return ((place, distance) for _candidate, distance, place in near)
