"""What was learned of somebody's taste, as their page shows it: the weights that act, by genre and by artist."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from heapq import nlargest
from typing import Any, NamedTuple

from discovery.corrections import LEVELS, NEUTRAL, NEVER, Kind, key_of, known_to
from discovery.standing import Standing
from listening.store import StoreAway
from music.models import Artist, Track

SHOWN = 12
# So many tracks of which most is said are looked at, so that the page takes as long for everybody.
MOST = 10_000


class Weight(NamedTuple):
    """What speaks for some tracks, less what speaks against them, and how many of them were finished."""

    weight: float = 0.0
    finished: int = 0


class Liked(NamedTuple):
    """A genre or an artist. `percent` is its weight beside that of what leads the list."""

    key: str
    about: Any
    weight: float
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


def learned_of(standing: Standing, shown: int = SHOWN) -> Learned:
    """The heaviest of each kind, and whatever else was corrected, but nothing hidden. Raises StoreAway."""
    if standing.is_store_away:
        raise StoreAway
    weights = standing.taste.tracks
    heaviest = nlargest(MOST, (pk for pk, weight in weights.items() if weight), key=lambda pk: abs(weights[pk]))
    tracks = Track.objects.visible_to(standing.user).filter(pk__in=heaviest).order_by()
    by_genre, by_artist = (_summed(standing, tracks.values_list(of, "pk")) for of in ("genres", "artist_id"))
    return Learned(
        len(heaviest),
        _ranked(standing, Kind.GENRE, by_genre, shown),
        _ranked(standing, Kind.ARTIST, by_artist, shown),
    )


def _summed(standing: Standing, tracks: Iterable[tuple[int | None, int]]) -> dict[int, Weight]:
    """By the first of each pair, where there is one; the second is a track."""
    sums: dict[int, Weight] = defaultdict(Weight)
    for of, pk in tracks:
        if of:
            weight, finished = sums[of]
            sums[of] = Weight(weight + standing.taste.tracks[pk], finished + (pk in standing.completed))
    return sums


def _ranked(standing: Standing, kind: Kind, sums: Mapping[int, Weight], shown: int) -> list[Liked]:
    factors = standing.taste.factors
    corrected = {int(key.partition(":")[2]) for key in factors if key.startswith(f"{kind}:")}
    leading = nlargest(shown + len(corrected), sums, key=sums.__getitem__)
    rows = []
    for thing in known_to(standing.user, kind).filter(pk__in={*corrected, *leading}):
        factor = factors.get(f"{kind}:{thing.pk}", NEUTRAL)
        if factor != NEVER:
            rows.append((sums.get(thing.pk, Weight()), thing, factor))
    rows.sort(key=lambda row: (-row[0].weight, str(row[1])))
    most = rows[0][0].weight if rows else 0
    return [
        Liked(key_of(kind, thing), thing, *said, round(100 * said.weight / most) if said.weight > 0 else 0, factor)
        for number, (said, thing, factor) in enumerate(rows)
        if number < shown or factor != NEUTRAL
    ]
