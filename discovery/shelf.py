"""What is picked for somebody, as it is kept for a day: numbers of tracks and words, no tracks."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from music.rows import TrackRow
from music.utils import Recommendation


class Chance(NamedTuple):
    """`propensity`: what a track had to be in its place, 1 where a rule says what is shown or it was not reckoned;
    `model` is the version that chose it."""

    propensity: float = 1.0
    is_explored: bool = False
    model: str = ""


class Item(NamedTuple):
    track_id: int
    reason: str
    chance: Chance = Chance()


class Shelf(NamedTuple):
    """`source` is what the listens will say they came from, as "mix:2"; `href` is its page, where it has one."""

    source: str
    title: str
    text: str
    items: tuple[Item, ...]
    href: str = ""

    @property
    def ids(self) -> list[int]:
        return [item.track_id for item in self.items]

    def offered(self, rows: Mapping[int, TrackRow]) -> list[Recommendation]:
        """Of those tracks that may still be seen."""
        return [Recommendation(rows[each.track_id], each.reason) for each in self.items if each.track_id in rows]

    def without(self, taken: Iterable[int], limit: int | None = None) -> "Shelf":
        gone = set(taken)
        return self._replace(items=tuple(item for item in self.items if item.track_id not in gone)[:limit])
