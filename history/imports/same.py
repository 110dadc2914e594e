"""Which plays of a file are in the history already, from wherever they came."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from history.imports.rows import SAME_MINUTE, Row
from listening.store import Listen, ListenStore, Selection
from music.matching import Match, recording_key

# A file is mostly in order: what lies further apart is asked for apart, so that one odd date does not ask for years.
APART = timedelta(days=7)
MOST_MET = 50_000


class Known:
    """What a user's history has around some plays, and the events that this import has met itself.

    What it has brought in before, when a crash cut it short, is not known: that is to be counted as new again.
    """

    def __init__(self, store: ListenStore, user_id: int, rows: Sequence[Row], origin: str, met: set[str]) -> None:
        if len(met) > MOST_MET:
            met.clear()
        self._met = met
        self._events: set[str] = set()
        self._starts: dict[int, list[datetime]] = defaultdict(list)
        for since, until in _stretches([row.started_at for row in rows]):
            for batch in store.each(user_id, Selection(since=since, until=until)):
                for listen in batch:
                    if listen.origin != origin:
                        self._note(listen)

    def add(self, event_id: str) -> None:
        self._met.add(event_id)

    def _note(self, listen: Listen) -> None:
        """By its track and by its names: either may be what the other service heard."""
        self._events.add(listen.event_id)
        for same in {listen.track_id, recording_key(listen.artist_name, listen.title)}:
            self._starts[same].append(listen.started_at)

    def has(self, row: Row, found: Match, event_id: str) -> bool:
        """The same event, or the same track begun within ten seconds; a minute where the file tells only minutes."""
        names = {recording_key(row.heard.artist, row.heard.title)} | ({found.track.track_id} if found.track else set())
        is_known = event_id in self._met or event_id in self._events
        return is_known or any(self._begins_near(same, row) for same in names)

    def _begins_near(self, same: int, row: Row) -> bool:
        starts = self._starts.get(same, [])
        place = bisect_left(starts, row.started_at - row.within)
        return place < len(starts) and starts[place] <= row.started_at + row.within


def _stretches(moments: Sequence[datetime]) -> Iterator[tuple[datetime, datetime]]:
    ordered = sorted(moments)
    since = last = ordered[0]
    for each in ordered[1:]:
        if each - last > APART:
            yield since - SAME_MINUTE, last + SAME_MINUTE
            since = each
        last = each
    yield since - SAME_MINUTE, last + SAME_MINUTE
