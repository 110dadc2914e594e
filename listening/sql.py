"""The embedded store: listens in the application's own database."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from listening import rules
from listening.errors import EventBelongsToAnother, UnknownEvent
from listening.listen import Cursor, Event, Listen
from listening.models import ListenRow

FIELDS = tuple(field.name for field in fields(Listen))
RECENT_LISTENS = 1000


class SqlListenStore:
    def start(self, listen: Listen) -> Listen:
        row, _ = ListenRow.objects.get_or_create(event_id=listen.event_id, defaults=_columns(listen))
        if row.user_id != listen.user_id:
            raise EventBelongsToAnother(listen.event_id)
        return _listen(row)

    def progress(
        self, user_id: int, event_id: str, played_ms: int, received_at: datetime, left: bool = False
    ) -> Listen | None:
        return self._apply(user_id, event_id, Event("left" if left else "progress", played_ms, received_at))

    def complete(self, user_id: int, event_id: str, played_ms: int, received_at: datetime) -> Listen | None:
        return self._apply(user_id, event_id, Event("complete", played_ms, received_at))

    def history(self, user_id: int, limit: int, before: Cursor | None = None) -> list[Listen]:
        rows = _latest(user_id)
        if before:
            earlier = Q(started_at__lt=before.started_at) | Q(event_id__lt=before.event_id)
            rows = rows.filter(earlier, started_at__lte=before.started_at)
        return [_listen(row) for row in rows[:limit]]

    def recent_track_ids(self, user_id: int, limit: int) -> list[int]:
        played = _latest(user_id).values_list("track_id", flat=True)[:RECENT_LISTENS]
        return list(dict.fromkeys(played))[:limit]

    def heard_track_ids(self, user_id: int) -> set[int]:
        heard = ListenRow.objects.filter(user_id=user_id, heard=True)
        return set(heard.values_list("track_id", flat=True).distinct())

    def completed_tracks(self, user_id: int) -> dict[int, tuple[str, ...]]:
        finished = ListenRow.objects.filter(user_id=user_id, completed_at__isnull=False).order_by("-completed_at")
        as_text = finished.annotate(genres_text=Cast("genres", TextField()))
        parsed = cache(json.loads)  # thousands of tracks share a few dozen combinations
        latest: dict[int, tuple[str, ...]] = {}
        for track_id, genres in as_text.values_list("track_id", "genres_text"):
            if track_id not in latest:
                latest[track_id] = tuple(parsed(genres))
        return latest

    def popular_track_ids(self, limit: int, since: datetime) -> list[tuple[int, int]]:
        finished = ListenRow.objects.filter(completed_at__gte=since).order_by("-completed_at")
        latest = finished.values_list("track_id", "user_id")[: rules.POPULAR_LISTENS]
        return rules.most_listeners(latest)[:limit]

    def popular_of_artist(self, artist_id: int, limit: int) -> list[tuple[int, int]]:
        finished = ListenRow.objects.filter(artist_id=artist_id, completed_at__isnull=False).order_by("-completed_at")
        latest = finished.values_list("track_id", "user_id")[: rules.POPULAR_LISTENS]
        return rules.most_listeners(latest)[:limit]

    def forget_user(self, user_id: int) -> int:
        return ListenRow.objects.filter(user_id=user_id).delete()[0]

    def add_all(self, listens: Sequence[Listen]) -> int:
        known = ListenRow.objects.in_bulk([listen.event_id for listen in listens])
        new = [listen for listen in listens if listen.event_id not in known]
        ListenRow.objects.bulk_create((_row(listen) for listen in new), ignore_conflicts=True)
        return len(new) + sum(self._merge(listen) for listen in listens if listen.event_id in known)

    def every(self, batch_size: int = 1000) -> Iterator[list[Listen]]:
        """All listens there are, in batches."""
        last = ""
        while rows := list(ListenRow.objects.filter(event_id__gt=last).order_by("event_id")[:batch_size]):
            yield [_listen(row) for row in rows]
            last = rows[-1].event_id

    def count(self) -> int:
        return ListenRow.objects.count()

    def one_budget(self) -> AbstractContextManager[None]:
        return nullcontext()

    def ping(self) -> None:
        ListenRow.objects.exists()

    def _apply(self, user_id: int, event_id: str, event: Event) -> Listen:
        with transaction.atomic():
            row = ListenRow.objects.select_for_update().filter(user_id=user_id, event_id=event_id).first()
            if row is None:
                raise UnknownEvent(event_id)
            before = _listen(row)
            return _saved(before, rules.apply(before, event))

    def _merge(self, listen: Listen) -> bool:
        with transaction.atomic():
            before = _listen(ListenRow.objects.select_for_update().get(event_id=listen.event_id))
            if before.user_id != listen.user_id:
                raise EventBelongsToAnother(listen.event_id)
            return _saved(before, rules.merge(before, listen)) != before


def _latest(user_id: int) -> QuerySet[ListenRow]:
    return ListenRow.objects.filter(user_id=user_id).order_by("-started_at", "-event_id")


def _saved(before: Listen, after: Listen) -> Listen:
    if after != before:
        _row(after).save(force_update=True)
    return after


def _columns(listen: Listen) -> dict[str, Any]:
    columns = {name: getattr(listen, name) for name in FIELDS}
    return {**columns, "genres": list(listen.genres), "heard": listen.heard}


def _row(listen: Listen) -> ListenRow:
    return ListenRow(**_columns(listen))


def _listen(row: ListenRow) -> Listen:
    values: dict[str, Any] = {name: getattr(row, name) for name in FIELDS}
    return Listen(**{**values, "genres": tuple(row.genres)})
