"""The worker's part: a file is looked through, imported, and undone. Each may be begun again after a crash."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from history.imports.reading import read
from history.imports.rows import Item, LeftOut, Refused, Row, outcome
from history.imports.same import Known
from history.models import ListenImport
from listening.deleting import recount_deletions
from listening.models import Deletion
from listening.store import EventBelongsToAnother, Listen, ListenStore, Selection, StoreAway, patient_store
from music.joining import join_now
from music.keys import event_id
from music.matching import Heard, Match, Matcher, listen_elsewhere
from music.models import Track

BATCH = 1000
REMEMBERED = 50_000
EXAMPLES = 5
TOLD_EVERY_SECONDS = 0.5

State = ListenImport.State


class Unwanted(Exception):
    """The import has been taken back, or its user has left."""


class Later(Exception):
    """Not now: to be tried again in a minute."""


@dataclass
class Tally:
    """What has been seen so far."""

    counts: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[list[str]]] = field(default_factory=dict)
    format: str = ""
    first_at: datetime | None = None
    last_at: datetime | None = None

    def note_row(self, row: Row) -> None:
        self.format = self.format or row.format
        self.first_at = min(self.first_at or row.started_at, row.started_at)
        self.last_at = max(self.last_at or row.started_at, row.started_at)

    def note_match(self, heard: Heard, found: Match) -> None:
        kind = found.how or "unmatched"
        self.counts[kind] += 1
        here = [found.track.artist_name, found.track.title] if found.track else ["", ""]
        example = [*(name[:120] for name in (heard.artist, heard.title, *here))]
        group = self.examples.setdefault(kind if kind in ("near", "unmatched") else "matched", [])
        if len(group) < EXAMPLES and example not in group:
            group.append(example)

    def columns(self) -> dict[str, Any]:
        return {
            "counts": {**self.counts, "left_out": dict(self.left_out)},
            "examples": self.examples,
            "format": self.format,
            "first_at": self.first_at,
            "last_at": self.last_at,
        }


def look_through(import_id: str) -> None:
    """What there is, what is known, and what would be left out; nothing is written."""
    _run(import_id, State.READING, State.PREVIEW, lambda job: _pass(job, write=False))


def import_now(import_id: str) -> None:
    """Raises Later while listens that the user has just deleted wait for their end: these might be taken for them."""
    _run(import_id, State.IMPORTING, State.DONE, _import)


def undo_now(import_id: str) -> None:
    _run(import_id, State.UNDOING, State.UNDONE, _undo)


def _run(import_id: str, state: str, after: str, work: Callable[[ListenImport], object]) -> None:
    job = ListenImport.objects.select_related("user").filter(pk=import_id, state=state).first()
    if job is None:
        return
    try:
        work(job)
    except (Refused, FileNotFoundError) as error:
        lost = _("The file was lost on its way. Send it again.")
        _settle(job, State.FAILED, lost if isinstance(error, FileNotFoundError) else str(error))
    except StoreAway as error:
        raise Later from error
    except Unwanted:
        return
    else:
        _settle(job, after)


def _settle(job: ListenImport, state: str, reason: str = "") -> None:
    _tell(job, state=state, reason=reason, share=1)
    if state != State.PREVIEW:
        job.path.unlink(missing_ok=True)


def _tell(job: ListenImport, **columns: Any) -> None:
    """Raises Unwanted."""
    same = ListenImport.objects.filter(pk=job.pk, state=job.state)
    if not same.update(**columns, changed_at=timezone.now()):
        raise Unwanted


def _import(job: ListenImport) -> None:
    if Deletion.objects.filter(user_id=job.user_id).exists():
        raise Later
    began_at = timezone.now()
    _pass(job, write=True)
    came_meanwhile = Track.objects.filter(state=Track.State.PUBLISHED, state_since__gte=began_at)
    join_now(came_meanwhile.values_list("pk", flat=True))


def _undo(job: ListenImport) -> None:
    patient_store().erase(job.user_id, Selection(origin=job.origin))
    recount_deletions(job.user_id)


def _pass(job: ListenImport, *, write: bool) -> None:
    tally, told, matches, store = Tally(), _Told(job), _Matches(job.user), patient_store()
    seen: set[str] = set()
    for batch in _batches(read(job.path, told.of_share)):
        rows = _rows(batch, tally)
        new = (
            list(_new_listens(job, Known(store, job.user_id, rows, job.origin, seen), rows, matches, tally))
            if rows
            else []
        )
        tally.counts["listens"] += len(new)
        if write and new:
            _add(store, new)
        told.of(tally)
    _tell(job, **tally.columns())


def _rows(batch: Sequence[Item], tally: Tally) -> list[Row]:
    tally.counts["rows"] += len(batch)
    rows = []
    for item in batch:
        if isinstance(item, LeftOut):
            tally.left_out[item] += 1
        else:
            tally.note_row(item)
            rows.append(item)
    return rows


def _new_listens(
    job: ListenImport, known: Known, rows: Sequence[Row], matches: "_Matches", tally: Tally
) -> Iterator[Listen]:
    for row, found in zip(rows, matches.of([row.heard for row in rows]), strict=True):
        key = row.event_id or event_id(job.user_id, row.heard.artist, row.heard.title, row.started_at)
        if known.has(row, found, key):
            tally.counts["duplicates"] += 1
        else:
            known.add(key)
            tally.note_match(row.heard, found)
            yield _listen(job, row, found, key)


def _listen(job: ListenImport, row: Row, found: Match, key: str) -> Listen:
    duration_ms = row.heard.duration_ms if row.event_id else 0
    duration_ms = duration_ms or (found.track.duration_ms if found.track else row.heard.duration_ms)
    came_to = outcome(row, duration_ms)
    return listen_elsewhere(
        job.user_id,
        row.heard,
        found,
        event_id=key,
        started_at=row.started_at,
        played_ms=came_to.played_ms,
        counted=came_to.counted,
        completed=came_to.completed,
        skipped=came_to.skipped,
        source=row.source,
        client=row.client,
        origin=job.origin,
    )


def _add(store: ListenStore, new: list[Listen]) -> None:
    try:
        store.add_all(new)
    except EventBelongsToAnother:
        # An export of somebody else's: its event ids are theirs.
        for listen in new:
            _add_as_own(store, listen)


def _add_as_own(store: ListenStore, listen: Listen) -> None:
    try:
        store.add_all([listen])
    except EventBelongsToAnother:
        own = event_id(listen.user_id, listen.artist_name, listen.title, listen.started_at)
        store.add_all([replace(listen, event_id=own)])


class _Matches:
    """Whoever hears 200,000 times hears 40,000 tracks: each is looked for once."""

    def __init__(self, user: Any) -> None:
        self._matcher = Matcher(user)
        self._known: dict[Heard, Match] = {}

    def of(self, wanted: Sequence[Heard]) -> list[Match]:
        missing = [heard for heard in dict.fromkeys(wanted) if heard not in self._known]
        if len(self._known) + len(missing) > REMEMBERED:
            self._known, missing = {}, list(dict.fromkeys(wanted))
        self._known |= dict(zip(missing, self._matcher.match(missing), strict=True)) if missing else {}
        return [self._known[heard] for heard in wanted]


class _Told:
    """Lets the page see how far it is, now and then."""

    def __init__(self, job: ListenImport) -> None:
        self._job, self._share, self._told_at = job, 0.0, 0.0

    def of_share(self, share: float) -> None:
        self._share = share

    def of(self, tally: Tally) -> None:
        """Raises Unwanted."""
        if time.monotonic() - self._told_at < TOLD_EVERY_SECONDS:
            return
        self._told_at = time.monotonic()
        _tell(self._job, share=self._share, counts=tally.columns()["counts"])


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    remaining = iter(items)
    while batch := list(islice(remaining, BATCH)):
        yield batch
