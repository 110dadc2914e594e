"""The embedded store: listens in the application's own database."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet, TextField
from django.db.models.functions import Cast

from listening import rules, statements
from listening.errors import EventBelongsToAnother, UnknownEvent
from listening.listen import (
    EVERYTHING,
    Cursor,
    Event,
    Heard,
    Identity,
    Listen,
    Selection,
    TrackSums,
    TrackTotals,
    identity_columns,
)
from listening.marks import mark, mark_all
from listening.models import (
    Deletion,
    FirstHeard,
    LeftOut,
    ListenRow,
    PrivateSession,
    Rollup,
    RollupState,
    StaleDay,
    TrackTotal,
)

FIELDS = tuple(field.name for field in fields(Listen))
RECENT_LISTENS = 1000
AT_ONCE = 500
# Of the longest histories one is two megabytes, and each listen makes another one of it.
KEPT = 16


def _how_many(condition: Q) -> Count:
    return Count("pk", filter=condition)


class SqlListenStore:
    def start(self, listen: Listen) -> Listen:
        with transaction.atomic():
            if statements.insert(listen):
                mark(listen.user_id, [listen.started_at])
                return listen
        row = ListenRow.objects.get(event_id=listen.event_id)
        if row.user_id != listen.user_id:
            raise EventBelongsToAnother(listen.event_id)
        return _listen(row)

    def progress(
        self, user_id: int, event_id: str, played_ms: int, received_at: datetime, left: bool = False
    ) -> Listen | None:
        return self._apply(user_id, event_id, Event("left" if left else "progress", played_ms, received_at))

    def complete(self, user_id: int, event_id: str, played_ms: int, received_at: datetime) -> Listen | None:
        return self._apply(user_id, event_id, Event("complete", played_ms, received_at))

    def find(self, user_id: int, event_id: str) -> Listen | None:
        row = ListenRow.objects.filter(user_id=user_id, event_id=event_id).first()
        return _listen(row) if row else None

    def history(
        self,
        user_id: int,
        limit: int,
        before: Cursor | None = None,
        wanted: Selection = EVERYTHING,
        without: Sequence[Selection] = (),
    ) -> list[Listen]:
        rows = _chosen(_latest(user_id), wanted, without)
        if before:
            earlier = Q(started_at__lt=before.started_at) | Q(event_id__lt=before.event_id)
            rows = rows.filter(earlier, started_at__lte=before.started_at)
        return [_made_of(values) for values in rows.values_list(*FIELDS)[:limit]]

    def each(
        self,
        user_id: int,
        wanted: Selection = EVERYTHING,
        without: Sequence[Selection] = (),
        batch_size: int = 1000,
    ) -> Iterator[list[Listen]]:
        rows = _chosen(ListenRow.objects.filter(user_id=user_id), wanted, without).order_by("started_at", "event_id")
        following = rows
        while batch := [_made_of(values) for values in following.values_list(*FIELDS)[:batch_size]]:
            yield batch
            last = batch[-1].cursor
            later = Q(started_at__gt=last.started_at) | Q(event_id__gt=last.event_id)
            following = rows.filter(later, started_at__gte=last.started_at)

    def count(self, user_id: int, wanted: Selection = EVERYTHING, without: Sequence[Selection] = ()) -> int:
        return _chosen(ListenRow.objects.filter(user_id=user_id), wanted, without).count()

    def erase(self, user_id: int, wanted: Selection) -> int:
        erased = 0
        rows = _chosen(ListenRow.objects.filter(user_id=user_id), wanted)
        while part := list(rows.values_list("event_id", "started_at")[:AT_ONCE]):
            with transaction.atomic():
                mark(user_id, (started_at for _, started_at in part))
                erased += ListenRow.objects.filter(event_id__in=[event_id for event_id, _ in part]).delete()[0]
        return erased

    def leave_out(self, user_id: int, wanted: Selection, is_left_out: bool = True) -> int:
        rows = _chosen(ListenRow.objects.filter(user_id=user_id), wanted)
        return rows.exclude(is_left_out=is_left_out).update(is_left_out=is_left_out)

    def join(self, unmatched_track_id: int, track: Identity, user_ids: Sequence[int] | None = None) -> int:
        rows = ListenRow.objects.filter(track_id=unmatched_track_id)
        if user_ids is not None:
            rows = rows.filter(user_id__in=user_ids)
        joined = 0
        while part := list(rows.values_list("event_id", "user_id", "started_at")[:AT_ONCE]):
            with transaction.atomic():
                mark_all((user_id, started_at) for _, user_id, started_at in part)
                those = ListenRow.objects.filter(event_id__in=[event_id for event_id, *_ in part])
                joined += those.update(**{**identity_columns(track), "genres": list(track.genres)})
        return joined

    def unmatched_ids(self, recording_mbid: str = "", isrc: str = "") -> set[int]:
        same = Q(recording_mbid=recording_mbid) if recording_mbid else Q(pk=None)
        if isrc:
            same |= Q(isrc=isrc)
        return set(ListenRow.objects.filter(same, track_id__lt=0).values_list("track_id", flat=True))

    def has_unmatched(self) -> bool:
        return ListenRow.objects.filter(track_id__lt=0).exists()

    def unmatched_among(
        self, track_ids: Collection[int], recording_mbids: Collection[str], isrcs: Collection[str]
    ) -> set[tuple[int, str, str]]:
        unmatched = ListenRow.objects.filter(track_id__lt=0)
        questions = (
            unmatched.filter(track_id__in=track_ids),
            unmatched.filter(recording_mbid__in=recording_mbids).exclude(recording_mbid=""),
            unmatched.filter(isrc__in=isrcs).exclude(isrc=""),
        )
        columns = ("track_id", "recording_mbid", "isrc")
        return {row for rows in questions for row in rows.order_by().values_list(*columns).distinct()}

    def unmatched_tracks(self, user_id: int, limit: int = 1000, after: int | None = None) -> list[Identity]:
        rows = ListenRow.objects.filter(user_id=user_id, track_id__lt=0)
        if after is not None:
            rows = rows.filter(track_id__gt=after)
        ids = list(rows.order_by("track_id").values_list("track_id", flat=True).distinct()[:limit])
        one_each = {row.track_id: row for row in rows.filter(track_id__in=ids)}
        return [_listen(one_each[track_id]).identity for track_id in ids]

    def recent_track_ids(self, user_id: int, limit: int) -> list[int]:
        played = _latest(user_id).values_list("track_id", flat=True)[:RECENT_LISTENS]
        return list(dict.fromkeys(played))[:limit]

    def heard_tracks(self, user_id: int) -> Heard:
        state, mark = statements.states_of_heard(user_id)
        return Heard(set(_heard(user_id, state)), mark)

    def completed_tracks(self, user_id: int, since: datetime | None = None) -> dict[int, tuple[str, ...]]:
        return dict(_completed(user_id, since, statements.state_of_completed(user_id)))

    def loved_before(self, user_id: int, moment: datetime, since: datetime | None = None) -> list[int]:
        finished = _latest(user_id).filter(completed=True)
        before = finished.filter(_condition(Selection(since=since, until=moment)), is_left_out=False)
        loved = rules.loved(before.values_list("track_id", flat=True)[: rules.LOVED_LISTENS])
        # One statement whatever was finished since: it is bounded by how much anybody hears in that time.
        again = set(finished.filter(started_at__gte=moment).values_list("track_id", flat=True)) if loved else set()
        return [track_id for track_id in loved if track_id not in again]

    def popular_track_ids(self, limit: int, since: datetime) -> list[tuple[int, int]]:
        return _most_listeners(ListenRow.objects.filter(completed_at__gte=since))[:limit]

    def popular_among(
        self, user_ids: Collection[int], limit: int, since: datetime, without: Set[tuple[int, int]] = frozenset()
    ) -> list[tuple[int, int]]:
        finished = ListenRow.objects.filter(user_id__in=list(user_ids), started_at__gte=since, completed=True)
        pairs = finished.filter(is_left_out=False).order_by().values_list("track_id", "user_id").distinct()
        return rules.most_listeners({*pairs.iterator()} - without)[:limit]

    def popular_of_artist(self, artist_id: int, limit: int) -> list[tuple[int, int]]:
        return _most_listeners(ListenRow.objects.filter(artist_id=artist_id, completed_at__isnull=False))[:limit]

    def tastes(
        self,
        suggested: Collection[str] = (),
        user_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[TrackSums]:
        return statements.tastes(suggested, user_id, since, until)

    def track_totals(self, user_id: int, track_ids: Collection[int]) -> Iterator[TrackTotals]:
        # Both values of `heard`: what the index has between the user and the track.
        rows = ListenRow.objects.filter(user_id=user_id, heard__in=[True, False], track_id__in=list(track_ids))
        rows = rows.filter(Q(heard=True) | Q(played_ms__gt=0))
        sums = {
            "plays": _how_many(Q(heard=True)),
            "begun": Count("pk"),
            "finished": _how_many(Q(completed=True)),
            "skips": _how_many(Q(skipped=True)),
            "last_at": Max("started_at"),
        }
        for row in rows.order_by("track_id").values("track_id").annotate(**sums).values_list("track_id", *sums):
            yield TrackTotals(*row)

    def forget_user(self, user_id: int) -> int:
        """With all else that is kept of them by their number."""
        # The state first: whoever is making their figures holds it, and finds it gone afterwards.
        for model in (RollupState, LeftOut, PrivateSession, Deletion, StaleDay, Rollup, FirstHeard, TrackTotal):
            model._default_manager.filter(user_id=user_id).delete()
        return ListenRow.objects.filter(user_id=user_id).delete()[0]

    def add_all(self, listens: Sequence[Listen]) -> int:
        known = ListenRow.objects.in_bulk([listen.event_id for listen in listens])
        new = [listen for listen in listens if listen.event_id not in known]
        with transaction.atomic():
            mark_all((listen.user_id, listen.started_at) for listen in new)
            ListenRow.objects.bulk_create((_row(listen) for listen in new), ignore_conflicts=True)
        return len(new) + sum(self._merge(listen) for listen in listens if listen.event_id in known)

    def record(self, listens: Sequence[Listen]) -> None:
        self.add_all(listens)

    def every(self, batch_size: int = 1000) -> Iterator[list[Listen]]:
        """All listens there are, in batches."""
        last = ""
        while rows := list(ListenRow.objects.filter(event_id__gt=last).order_by("event_id")[:batch_size]):
            yield [_listen(row) for row in rows]
            last = rows[-1].event_id

    def count_all(self) -> int:
        return ListenRow.objects.count()

    def one_budget(self) -> AbstractContextManager[None]:
        return nullcontext()

    def ping(self) -> None:
        ListenRow.objects.exists()

    def _apply(self, user_id: int, event_id: str, event: Event) -> Listen:
        with transaction.atomic():
            before = statements.to_change(user_id, event_id)
            if before is None:
                raise UnknownEvent(event_id)
            return _saved(before, rules.apply(before, event))

    def _merge(self, listen: Listen) -> bool:
        with transaction.atomic():
            before = _listen(ListenRow.objects.select_for_update().get(event_id=listen.event_id))
            if before.user_id != listen.user_id:
                raise EventBelongsToAnother(listen.event_id)
            return _saved(before, rules.merge(before, listen)) != before


@lru_cache(KEPT)
def _heard(user_id: int, _state: Any) -> frozenset[int]:
    return frozenset(statements.heard(user_id))


@lru_cache(KEPT)
def _completed(user_id: int, since: datetime | None, _state: Any) -> Mapping[int, tuple[str, ...]]:
    parsed = cache(json.loads)  # thousands of tracks share a few dozen combinations
    latest: dict[int, tuple[str, ...]] = {}
    for track_id, genres in statements.completed(user_id, since):
        if track_id not in latest:
            latest[track_id] = tuple(parsed(genres))
    return latest


def forget() -> None:
    """All that is remembered here (for tests)."""
    _heard.cache_clear()
    _completed.cache_clear()


def _most_listeners(finished: QuerySet[ListenRow]) -> list[tuple[int, int]]:
    latest = finished.order_by("-completed_at").values_list("track_id", "user_id")
    return rules.most_listeners(rules.shared_out(lambda limit, full: latest.exclude(user_id__in=full)[:limit]))


def _latest(user_id: int) -> QuerySet[ListenRow]:
    return ListenRow.objects.filter(user_id=user_id).order_by("-started_at", "-event_id")


def _chosen(rows: QuerySet[ListenRow], wanted: Selection, without: Sequence[Selection] = ()) -> QuerySet[ListenRow]:
    if wanted.genre or any(selection.genre for selection in without):
        rows = rows.annotate(genres_text=Cast("genres", TextField()))
    rows = rows.filter(_condition(wanted))
    for selection in without:
        rows = rows.exclude(_condition(selection))
    return rows


def _condition(selection: Selection) -> Q:
    said = {
        "event_id": selection.event_id or None,
        "track_id": selection.track_id,
        "artist_id": selection.artist_id,
        "album_id": selection.album_id,
        "completed": selection.outcome == "completed" or None,
        "skipped": selection.outcome == "skipped" or None,
        "heard": selection.outcome == "heard" or None,
        "is_left_out": selection.outcome == "left_out" or None,
        "started_at__gte": selection.since,
        "started_at__lt": selection.until,
    }
    genre = Q(genres_text__contains=json.dumps(selection.genre)) if selection.genre else Q()
    begins = _begins("source", selection.source) & _begins("origin", selection.origin)
    return Q(**{name: value for name, value in said.items() if value is not None}) & begins & genre


def _begins(name: str, text: str) -> Q:
    return Q(**{name: text}) | Q(**{f"{name}__startswith": f"{text}:"}) if text else Q()


def _saved(before: Listen, after: Listen) -> Listen:
    if after != before:
        mark(after.user_id, [after.started_at])
        statements.update(after)
    return after


def _columns(listen: Listen) -> dict[str, Any]:
    columns = {name: getattr(listen, name) for name in FIELDS}
    return {**columns, "genres": list(listen.genres), "heard": listen.heard}


def _row(listen: Listen) -> ListenRow:
    return ListenRow(**_columns(listen))


def _listen(row: ListenRow) -> Listen:
    return _made_of(getattr(row, name) for name in FIELDS)


def _made_of(values: Iterable[Any]) -> Listen:
    """Of FIELDS: for many, objects of the ORM in between take as long again."""
    known: dict[str, Any] = dict(zip(FIELDS, values, strict=True))
    return Listen(**{**known, "genres": tuple(known["genres"])})
