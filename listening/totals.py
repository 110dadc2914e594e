"""What each user did with each track, all days together, for questions that ask it of many tracks at once: kept in step
with the figures of their days.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet, Sum

from listening.listen import Listen, TrackTotals
from listening.models import TrackTotal
from listening.store import listen_store

AT_ONCE = 500


class Totals:
    """Of one user's listens, added one by one: without what was not heard and what the catalogue lacks."""

    def __init__(self) -> None:
        self._tracks: dict[int, TrackTotals] = {}

    def add(self, listens: Iterable[Listen]) -> None:
        for listen in listens:
            if listen.track_id > 0 and (listen.heard or listen.played_ms):
                one = _of(listen)
                before = self._tracks.get(listen.track_id)
                self._tracks[listen.track_id] = _sum(before, one) if before else one

    def __iter__(self) -> Iterator[TrackTotals]:
        return iter(self._tracks.values())


def kept(user_id: int) -> set[TrackTotals]:
    return {
        TrackTotals(*row)
        for row in TrackTotal.objects.filter(user_id=user_id).values_list(*TrackTotals._fields).iterator()
    }


def plays_of(user_id: int, track_ids: QuerySet[Any, Any]) -> int:
    """Listens to these tracks, which may be all of a library. As far as the figures are up to date."""
    theirs = TrackTotal.objects.filter(user_id=user_id, track_id__in=track_ids)
    return theirs.aggregate(plays=Sum("plays"))["plays"] or 0


def replace(user_id: int, totals: Iterable[TrackTotals]) -> None:
    """All of a user's."""
    TrackTotal.objects.filter(user_id=user_id).delete()
    _write(user_id, totals)


def renew(user_id: int, track_ids: Collection[int]) -> None:
    """Of some tracks, from their listens. Raises StoreAway."""
    ids = sorted(pk for pk in track_ids if pk > 0)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        found = list(listen_store().track_totals(user_id, some))
        TrackTotal.objects.filter(user_id=user_id, track_id__in=some).delete()
        _write(user_id, found)


def _write(user_id: int, totals: Iterable[TrackTotals]) -> None:
    rows = (TrackTotal(user_id=user_id, **each._asdict()) for each in sorted(totals))
    TrackTotal.objects.bulk_create(rows, AT_ONCE)


def _of(listen: Listen) -> TrackTotals:
    done = int(listen.heard), 1, int(listen.completed), int(listen.skipped)
    return TrackTotals(listen.track_id, *done, listen.started_at)


def _sum(one: TrackTotals, other: TrackTotals) -> TrackTotals:
    return TrackTotals(
        one.track_id,
        one.plays + other.plays,
        one.begun + other.begun,
        one.finished + other.finished,
        one.skipped + other.skipped,
        max(one.last_at, other.last_at),
    )
