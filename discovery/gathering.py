"""What a model that serves everybody is trained from: all listens, what people starred, rated and put into playlists,
and what the catalogue says of the tracks.

Only tracks that everybody here may see are in it, so nothing private shows through anybody's suggestions. Listeners are
rows without a name.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, vstack

from discovery.models import Correction, TasteSettings
from discovery.signs import SPREAD_OVER, Thing, everybodys_signs
from discovery.tastes import OWN_SUGGESTIONS as OWN_SUGGESTIONS
from discovery.tastes import bounded, corrected, weight_of
from listening.models import LeftOut
from listening.store import TrackSums, patient_store
from music.models import Track, TrackCredit, TrackTimbre
from music.querysets import TrackQuerySet
from recommendations.facts import Facts
from recommendations.sound import kinds_of_sound

Progress = Callable[[int], object]


class Catalogue(NamedTuple):
    """item_ids ascend; artist_ids and album_ids (0: none) belong to them; features: features x items."""

    item_ids: np.ndarray
    artist_ids: np.ndarray
    album_ids: np.ndarray
    feature_keys: tuple[str, ...]
    features: csr_matrix


class Gathered(NamedTuple):
    """`facts`, and what only the comparison of models needs: it is kept nowhere.

    seen: listeners x items, 1 where they began to listen · user_ids of its rows, last_at (unix seconds) of its pairs.
    """

    facts: Facts
    catalogue: Catalogue
    seen: csr_matrix
    user_ids: list[int]
    last_at: np.ndarray

    @property
    def listeners(self) -> int:
        """With something they like."""
        return int(np.count_nonzero(np.diff(self.facts.weights.indptr)))


def gather(catalogue: Catalogue, until: datetime | None = None, progress: Progress = lambda _: None) -> Gathered:
    """From what was heard and said before `until`. `progress` is told of every thousandth pair. Raises StoreAway."""
    settings = TasteSettings.objects.filter(forgotten_at__isnull=False)
    forgotten = {user_id: at for user_id, at in settings.values_list("user_id", "forgotten_at") if at}
    pairs, users = _Pairs(catalogue, _signs(catalogue, until, forgotten)), dict[int, int]()
    for number, sums in enumerate(_everybody(until, forgotten)):
        pairs.add(users.setdefault(sums.user_id, len(users)), sums)
        if number % 1000 == 999:
            progress(1000)
    pairs.add_unheard(users)
    shape = (len(users), len(catalogue.item_ids))
    where = (_numbers(pairs.rows, np.int64), _numbers(pairs.columns, np.int64))
    weights = _numbers(pairs.weights, np.float32)
    last_at = _numbers(pairs.last_at, np.float64)
    liked, begun = weights > 0, len(last_at)
    liked_begun = liked[:begun]
    facts = Facts(
        catalogue.item_ids,
        csr_matrix((weights[liked], (where[0][liked], where[1][liked])), shape=shape, dtype=np.float32),
        catalogue.feature_keys,
        catalogue.features,
        csr_matrix((last_at[liked_begun], (where[0][:begun][liked_begun], where[1][:begun][liked_begun])), shape=shape),
    )
    seen = csr_matrix((np.ones(begun, np.float32), (where[0][:begun], where[1][:begun])), shape=shape)
    return Gathered(facts, catalogue, seen, list(users), last_at)


def read_catalogue() -> Catalogue:
    """What everybody here may see."""
    columns = ("pk", "artist_id", "album_id", "original_year", "year")
    ids, artists, albums = array("q"), array("q"), array("q")
    cells = _Cells()
    for place, (pk, artist_id, album_id, first, year) in enumerate(_in_batches(shared().order_by("pk"), *columns)):
        ids.append(pk)
        artists.append(artist_id)
        albums.append(album_id or 0)
        cells.add("album", album_id, place)
        cells.add("decade", (first or year or 0) // 10 * 10, place)
    item_ids = _numbers(ids, np.int64)
    places = _places(item_ids)
    for kind, links, column in (("genre", Track.genres.through, "genre_id"), ("artist", TrackCredit, "artist_id")):
        for track_id, target_id in _in_batches(links.objects.order_by("pk"), "track_id", column):
            if track_id in places:
                cells.add(kind, target_id, places[track_id])
    found = (_numbers(artists, np.int64), _numbers(albums, np.int64))
    sounds = kinds_of_sound(_described(places))
    keys = (*cells.keys, *(f"sound:{number}" for number in range(sounds.shape[0])))
    return Catalogue(
        item_ids, *found, keys, csr_matrix(vstack([cells.matrix(len(item_ids)), sounds]), dtype=np.float32)
    )


def _described(places: dict[int, int]) -> np.ndarray:
    """items x numbers: what each sounds like; NaN where nobody could say."""
    found = {
        places[track_id]: np.frombuffer(values, "<f4")
        for track_id, values in _in_batches(TrackTimbre.objects.order_by("pk"), "track_id", "values")
        if track_id in places and values
    }
    described = np.full((len(places), max(map(len, found.values()), default=1)), np.nan, np.float32)
    for place, values in found.items():
        described[place, : len(values)] = values
    return described


def shared() -> TrackQuerySet:
    return Track.objects.filter(visibility=Track.Visibility.PUBLIC, state=Track.State.PUBLISHED)


def completed_since(gathered: Gathered, since: datetime) -> dict[int, set[int]]:
    """By row, the positions of tracks that a known listener completed since then and had not begun before."""
    rows = {user_id: row for row, user_id in enumerate(gathered.user_ids)}
    places, no_taste = _places(gathered.facts.item_ids), _LeftOut(gathered.catalogue)
    found: dict[int, set[int]] = defaultdict(set)
    for sums in patient_store().tastes(since=since):
        row, place = rows.get(sums.user_id), places.get(sums.track_id)
        if row is None or place is None or not sums.completed or no_taste.has(sums.user_id, place):
            continue
        if place not in seen_by(gathered, row):
            found[row].add(place)
    return dict(found)


def seen_by(gathered: Gathered, row: int) -> np.ndarray:
    """The positions of the tracks they have begun to listen to."""
    return gathered.seen.indices[gathered.seen.indptr[row] : gathered.seen.indptr[row + 1]]


def _everybody(until: datetime | None, forgotten: Mapping[int, datetime]) -> Iterator[TrackSums]:
    """Who wanted their taste forgotten is asked for what they heard since."""
    store = patient_store()
    everybody = (each for each in store.tastes(OWN_SUGGESTIONS, until=until) if each.user_id not in forgotten)
    since = (
        store.tastes(OWN_SUGGESTIONS, user_id=user_id, since=moment, until=until)
        for user_id, moment in forgotten.items()
    )
    return chain(everybody, chain.from_iterable(since))


def _signs(
    catalogue: Catalogue, until: datetime | None, forgotten: Mapping[int, datetime]
) -> dict[int, dict[int, float]]:
    """By user and position, without what is left out of their taste."""
    places, no_taste, latest = _places(catalogue.item_ids), _LeftOut(catalogue), _Latest(catalogue)
    return {
        user_id: {
            places[track_id]: sign.weight
            for track_id, sign in signs.items()
            if track_id in places and not no_taste.has(user_id, places[track_id])
        }
        for user_id, signs in everybodys_signs(until, forgotten, latest.of)
    }


class _Latest:
    """The latest tracks of albums and artists."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._item_ids = catalogue.item_ids
        self._sorted = {}
        for kind, ids in (("album", catalogue.album_ids), ("artist", catalogue.artist_ids)):
            order = np.argsort(ids, kind="stable")
            self._sorted[kind] = ids[order], order

    def of(self, things: Iterable[Thing]) -> dict[Thing, list[int]]:
        return {(kind, pk): self._of_one(*self._sorted[kind], pk) for kind, pk in things}

    def _of_one(self, ids: np.ndarray, order: np.ndarray, pk: int) -> list[int]:
        first, end = np.searchsorted(ids, [pk, pk + 1])
        found: list[int] = self._item_ids[order[max(first, end - SPREAD_OVER) : end]].tolist()
        return found


class _Pairs:
    """What was heard comes first; `last_at` belongs to that part alone."""

    def __init__(self, catalogue: Catalogue, signs: dict[int, dict[int, float]]) -> None:
        self._catalogue, self._signs = catalogue, signs
        self.rows, self.columns = array("q"), array("q")
        self.weights, self.last_at = array("f"), array("d")
        self._places = _places(catalogue.item_ids)
        self._no_taste = _LeftOut(catalogue)
        self._factors = _track_factors()

    def add(self, row: int, sums: TrackSums) -> None:
        place = self._places.get(sums.track_id)
        if place is None or self._no_taste.has(sums.user_id, place):
            return
        sign = self._signs.get(sums.user_id, {}).pop(place, 0.0)
        self._add(row, place, sums.user_id, weight_of(sums) + sign)
        self.last_at.append(sums.last_at.timestamp())

    def add_unheard(self, users: dict[int, int]) -> None:
        """What is left of the signs: of tracks that the user never began."""
        for user_id, signs in self._signs.items():
            row = users.setdefault(user_id, len(users))
            for place, weight in signs.items():
                self._add(row, place, user_id, weight)

    def _add(self, row: int, place: int, user_id: int, weight: float) -> None:
        factor = self._factors.get((user_id, int(self._catalogue.item_ids[place])), 1)
        self.rows.append(row)
        self.columns.append(place)
        self.weights.append(corrected(bounded(weight), factor))


def _track_factors() -> dict[tuple[int, int], float]:
    said = Correction.objects.filter(kind=Correction.Kind.TRACK)
    return {(user_id, pk): factor for user_id, pk, factor in said.values_list("user_id", "target_id", "factor")}


class _LeftOut:
    """What users do not want to be known by, as positions in the model."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._by_user: dict[int, set[int]] = defaultdict(set)
        columns = {LeftOut.Kind.TRACK: catalogue.item_ids, LeftOut.Kind.ALBUM: catalogue.album_ids}
        said = LeftOut.objects.filter(kind__in=list(columns))
        for user_id, kind, target_id in said.values_list("user_id", "kind", "target_id"):
            self._by_user[user_id].update(np.flatnonzero(columns[LeftOut.Kind(kind)] == target_id).tolist())

    def has(self, user_id: int, place: int) -> bool:
        return user_id in self._by_user and place in self._by_user[user_id]


def _places(item_ids: np.ndarray) -> dict[int, int]:
    return {pk: place for place, pk in enumerate(item_ids.tolist())}


class _Cells:
    """Features by their keys, as they come."""

    def __init__(self) -> None:
        self.keys: dict[str, int] = {}
        self._rows, self._columns = array("q"), array("q")

    def add(self, kind: str, value: int | None, place: int) -> None:
        if value:
            self._rows.append(self.keys.setdefault(f"{kind}:{value}", len(self.keys)))
            self._columns.append(place)

    def matrix(self, items: int) -> csr_matrix:
        cells = (
            np.ones(len(self._rows), np.float32),
            (_numbers(self._rows, np.int64), _numbers(self._columns, np.int64)),
        )
        found = csr_matrix(cells, shape=(len(self.keys), items))
        found.data[:] = 1  # a feature that is named twice is one
        return found


def _numbers(numbers: array[Any], kind: type[np.generic]) -> np.ndarray:
    """Without a copy; of nothing, nothing."""
    return np.frombuffer(numbers, kind) if numbers else np.zeros(0, kind)


def _in_batches(rows: Any, *columns: str) -> Iterable[tuple[Any, ...]]:
    return rows.values_list(*columns).iterator(chunk_size=5000)
