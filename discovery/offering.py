"""What may be offered to a listener, as the catalogue has it: what they may hear, without what they never want."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from discovery.corrections import Hidden, not_hidden
from music.browsing import newest_track_id
from music.hiding import not_hidden as hidden_elsewhere
from music.models import Track
from music.querysets import TrackQuerySet, visible
from recommendations.shelf import day_start

GENRE, ARTIST, DECADE = 1.0, 0.5, 0.3
LOOKED_AT_FIRST = 2


class Facts(NamedTuple):
    """`genres` are (id, name), by name."""

    pk: int
    artist_id: int
    artist_name: str
    year: int | None
    genres: tuple[tuple[int, str], ...] = ()

    @property
    def features(self) -> dict[str, float]:
        """What may be alike in two tracks, and how much it says."""
        decade = {f"decade:{self.decade}": DECADE} if self.decade else {}
        return {f"artist:{self.artist_id}": ARTIST, **{f"genre:{pk}": GENRE for pk, _name in self.genres}, **decade}

    @property
    def decade(self) -> int:
        """Its first year; 0 where the year is not known."""
        return (self.year or 0) // 10 * 10


def offerable(user: Any, hidden: Hidden) -> TrackQuerySet:
    return not_hidden(Track.objects.visible_to(user), hidden)


def facts_of(user: Any, hidden: Hidden, ids: Collection[int]) -> dict[int, Facts]:
    """Of those that may be offered, whatever their number for two queries."""
    columns = ("pk", "artist_id", "artist__name", "year")
    rows = list(offerable(user, hidden).filter(pk__in=list(ids)).values_list(*columns))
    genres: dict[int, list[tuple[int, str]]] = {pk: [] for pk, *_ in rows}
    links = Track.genres.through.objects.filter(track_id__in=list(genres)).order_by("genre__name")
    for track_id, genre_id, name in links.values_list("track_id", "genre_id", "genre__name"):
        genres[track_id].append((genre_id, name))
    return {pk: Facts(pk, artist_id, name, year, tuple(genres[pk])) for pk, artist_id, name, year in rows}


def first_offerable(user: Any, hidden: Hidden, rankings: Sequence[Sequence[int]], limit: int) -> list[list[Facts]]:
    """Of each ranking the first that may be offered, read on together until each has enough: for two queries, as long
    as no more than half of what is asked for is out of sight.
    """
    facts: dict[int, Facts] = {}
    size, seen = LOOKED_AT_FIRST * limit, 0
    while part := {pk for ranked in rankings for pk in ranked[seen : seen + size]}:
        facts |= facts_of(user, hidden, part)
        found = [[facts[pk] for pk in ranked[: seen + size] if pk in facts] for ranked in rankings]
        if all(len(line) >= limit for line in found):
            break
        seen, size = seen + size, 4 * size
    return [[facts[pk] for pk in ranked if pk in facts][:limit] for ranked in rankings]


def newest(user: Any, hidden: Hidden, since: datetime, limit: int) -> list[int]:
    """Of those added since then. Tracks get their ids as they are added, so nothing older is looked through."""
    rows = offerable(user, hidden).order_by("-pk").values_list("pk", "added_at")[:limit]
    return [pk for pk, added_at in rows if added_at >= since]


def of_artists(user: Any, hidden: Hidden, artist_ids: Iterable[int], limit: int) -> list[int]:
    tracks = offerable(user, hidden).filter(artist_id__in=list(artist_ids)).order_by("-pk")
    return list(tracks.values_list("pk", flat=True)[:limit])


def of_genres(user: Any, hidden: Hidden, genre_ids: Collection[int], seed: bytes, limit: int) -> list[int]:
    """Some of these genres, another part of the library every day: from the day's place on, and round."""
    pivot = day_start(seed, newest_track_id(user) + 1)
    links = Track.genres.through.objects.filter(visible(user, "track__"), hidden_elsewhere(hidden, "track__"))
    tracks = links.filter(genre_id__in=list(genre_ids)).order_by("track_id").values_list("track_id", flat=True)
    later, earlier = tracks.filter(track_id__gte=pivot)[:limit], tracks.filter(track_id__lt=pivot)[:limit]
    return list(dict.fromkeys([*later, *earlier]))[:limit]
