"""What somebody starred, rated and put into playlists, as weights of tracks: bounded, whatever they bring along."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from listening.models import LeftOut
from music.compiled import ID, Compiled, compiled
from music.models import Track
from music.utils import left_out_tracks
from playlists.models import PlaylistItem, Rating, Star
from playlists.models.stars import KINDS

# A star says what three whole plays do.
STARRED = 2.0
RATED = {5: 2.0, 4: 1.0, 2: -1.0, 1: -2.0}
# One on an album or an artist says no more, however many tracks they have: it goes to the latest of them.
SPREAD_OVER = 5
ADDED = 0.5
# What was put into a playlist at one go, be it a file of ten thousand, says as much as one star; of more than a hundred
# tracks it says nothing of any.
AT_ONE_GO, LEAST = 2.0, 0.02
# Of each kind and user, the latest.
MOST_SAID, MOST_ADDED = 500, 200

IDS = tuple(f"{kind}_id" for kind in KINDS)
Thing = tuple[str, int]
Given = tuple[str, Thing, float]
Members = Callable[[set[Thing]], Mapping[Thing, Sequence[int]]]


class Sign(NamedTuple):
    """`kind` is what says most for the track: "starred", "rated", "added", or of its album "starred album"."""

    weight: float
    kind: str


class Source(NamedTuple):
    """`rows` begin with the user; `said` is what some of one user's say, the latest first."""

    rows: Callable[[], QuerySet[Any, Any]]
    who: str
    when: str
    most: int
    said: Callable[[list[Any]], Iterable[Given]]


def signs_of(user: Any, since: datetime | None = None) -> dict[int, Sign]:
    """By track: of what was said after `since`, without what is left out of their taste."""
    given = [each for source in SOURCES for each in source.said(_latest(source, user.pk, since))]
    if not given:
        return {}
    signs, no_taste = _by_track(given, lambda things: _latest_of(user, things)), left_out_tracks(user)
    return {pk: sign for pk, sign in signs.items() if pk not in no_taste}


def _latest(source: Source, user_id: int, since: datetime | None) -> list[tuple[Any, ...]]:
    if since is None:
        return _question(source).rows({ID: user_id})
    said = source.rows().filter(**{source.who: user_id, f"{source.when}__gt": since})
    return list(said.order_by("-pk")[: source.most])


@lru_cache
def _question(source: Source) -> Compiled:
    return compiled(source.rows().filter(**{source.who: ID}).order_by("-pk")[: source.most])


def everybodys_signs(
    until: datetime | None, forgotten: Mapping[int, datetime], members: Members
) -> Iterator[tuple[int, dict[int, Sign]]]:
    """The same for each user, of what was said before then and after they wanted their taste forgotten. What tracks are
    left out is for the caller to know.
    """
    streams = [_stream(number, source, until) for number, source in enumerate(SOURCES)]
    for user_id, group in groupby(heapq.merge(*streams, key=itemgetter(0)), itemgetter(0)):
        by_source: dict[int, list[Any]] = defaultdict(list)
        for _user_id, number, row in group:
            if user_id not in forgotten or row[-1] > forgotten[user_id]:
                by_source[number].append(row[:-1])
        given = [each for number, rows in by_source.items() for each in SOURCES[number].said(rows)]
        yield user_id, _by_track(given, members)


def _stream(number: int, source: Source, until: datetime | None) -> Iterator[tuple[int, int, Any]]:
    before = {f"{source.when}__lt": until} if until else {}
    said = source.rows().filter(**before).annotate(at=F(source.when)).order_by(source.who, "-pk")
    rows = said.iterator(chunk_size=5000)
    for user_id, own in groupby(rows, itemgetter(0)):
        yield from ((user_id, number, row) for row in islice(own, source.most))


def _by_track(given: Iterable[Given], members: Members) -> dict[int, Sign]:
    given = list(given)
    tracks_of = members({thing for _kind, thing, _value in given if thing[0] != "track"})
    said: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for kind, (of, pk), value in given:
        if of == "track":
            said[pk][kind] += value
        for track_id in tracks_of.get((of, pk), ()):
            said[track_id][f"{kind} {of}"] += value / SPREAD_OVER
    return {pk: Sign(sum(parts.values()), max(parts, key=parts.__getitem__)) for pk, parts in said.items()}


def _latest_of(user: Any, things: set[Thing]) -> dict[Thing, list[int]]:
    """Of each the latest tracks that the user may hear."""
    found: dict[Thing, list[int]] = defaultdict(list)
    for of in {kind for kind, _pk in things}:
        place = Window(RowNumber(), partition_by=F(f"{of}_id"), order_by=F("pk").desc())
        tracks = Track.objects.visible_to(user).filter(**{f"{of}__in": [pk for kind, pk in things if kind == of]})
        latest = tracks.annotate(place=place).filter(place__lte=SPREAD_OVER)
        for thing_id, pk in latest.order_by("pk").values_list(f"{of}_id", "pk"):
            found[of, thing_id].append(pk)
    return found


def _stars() -> QuerySet[Any, Any]:
    return Star.objects.values_list("user_id", *IDS)


def _starred(rows: list[Any]) -> Iterator[Given]:
    return (("starred", _thing(ids), STARRED) for _user_id, *ids in rows)


def _ratings() -> QuerySet[Any, Any]:
    return Rating.objects.filter(stars__in=list(RATED)).values_list("user_id", *IDS, "stars")


def _rated(rows: list[Any]) -> Iterator[Given]:
    return (("rated", _thing(ids), RATED[stars]) for _user_id, *ids, stars in rows)


def _additions() -> QuerySet[Any, Any]:
    """What is still there, and not of a playlist that is left out of the taste."""
    left_out = LeftOut.objects.filter(
        user_id=OuterRef("added_by_id"), kind=LeftOut.Kind.PLAYLIST, target_id=OuterRef("playlist_id")
    )
    there = PlaylistItem.objects.filter(
        ~Exists(left_out), track__isnull=False, added_by__isnull=False, playlist__deleted_at=None
    )
    return there.values_list("added_by_id", "track_id", "playlist_id", "added_at")


def _added(rows: list[Any]) -> Iterator[Given]:
    """Each track once. All that came into a playlist at one moment came at one go."""
    at_once = Counter((playlist_id, at) for _user_id, _track_id, playlist_id, at in rows)
    most: dict[int, float] = {}
    for _user_id, track_id, *one_go in rows:
        value = min(ADDED, AT_ONE_GO / at_once[one_go[0], one_go[1]])
        most[track_id] = max(most.get(track_id, 0), value)
    return (("added", ("track", pk), value) for pk, value in most.items() if value >= LEAST)


def _thing(ids: list[int | None]) -> Thing:
    [thing] = [(kind, pk) for kind, pk in zip(KINDS, ids, strict=True) if pk]
    return thing


SOURCES = (
    Source(_stars, "user_id", "since", MOST_SAID, _starred),
    Source(_ratings, "user_id", "since", MOST_SAID, _rated),
    Source(_additions, "added_by_id", "added_at", MOST_ADDED, _added),
)
