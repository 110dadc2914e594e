"""What somebody's finished tracks say of them, as their page shows it: counted, and never guessed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain, islice
from typing import Any, NamedTuple

from django.db.models import Count, Q

from discovery.corrections import LEVELS, NEUTRAL, NEVER, Corrected, Kind, key_of, known_to
from music.models import Artist, Track
from music.utils import listening_or_away

SHOWN = 12
# So many of the latest finished tracks are looked at, so that the page takes as long for everybody.
LATEST = 10_000


class Liked(NamedTuple):
    """A genre or an artist. `percent` is how many tracks of it were finished beside what leads the list."""

    key: str
    about: Any
    finished: int
    percent: int
    factor: float

    @property
    def is_artist(self) -> bool:
        return isinstance(self.about, Artist)

    @property
    def level(self) -> int:
        """The stop of the slider that is nearest."""
        return min(LEVELS, key=lambda level: abs(LEVELS[level] - self.factor))


class Learned(NamedTuple):
    tracks: int
    genres: list[Liked]
    artists: list[Liked]


def learned_of(user: Any, said: Corrected, since: datetime | None, shown: int = SHOWN) -> Learned:
    """The most finished of each kind, and whatever else was corrected, but nothing hidden. Raises StoreAway."""
    latest = dict(islice(listening_or_away(user, since).completed.items(), LATEST))
    genres = Counter(chain.from_iterable(latest.values()))
    return Learned(
        len(latest),
        _ranked(user, Kind.GENRE, genres, said.factors, shown),
        _ranked(user, Kind.ARTIST, _artists_of(user, latest), said.factors, shown),
    )


def _artists_of(user: Any, tracks: Iterable[int]) -> Mapping[int, int]:
    """How many of these tracks each artist has."""
    counted = Track.objects.visible_to(user).filter(pk__in=list(tracks)).values_list("artist_id")
    return dict(counted.annotate(Count("pk")).order_by("artist_id"))


def _ranked(
    user: Any, kind: Kind, finished: Mapping[Any, int], factors: Mapping[str, float], shown: int
) -> list[Liked]:
    """`finished` goes by slug for genres, by id for artists."""
    name = "slug" if kind == Kind.GENRE else "pk"
    corrected = {int(key.partition(":")[2]) for key in factors if key.startswith(f"{kind}:")}
    leading = sorted(finished, key=lambda each: -finished[each])[: shown + len(corrected)]
    wanted = known_to(user, kind).filter(Q(pk__in=corrected) | Q(**{f"{name}__in": leading}))
    rows = []
    for thing in wanted:
        factor = factors.get(f"{kind}:{thing.pk}", NEUTRAL)
        if factor != NEVER:
            rows.append((finished.get(getattr(thing, name), 0), thing, factor))
    rows.sort(key=lambda row: (-row[0], str(row[1])))
    most = rows[0][0] if rows else 0
    return [
        Liked(key_of(kind, thing), thing, count, round(100 * count / most) if most else 0, factor)
        for number, (count, thing, factor) in enumerate(rows)
        if number < shown or factor != NEUTRAL
    ]
