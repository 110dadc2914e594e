"""What the embedded store remembers of somebody's listens, so that a page need not read a hundred thousand of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from listening.sql import SqlListenStore
from listening.store import Selection
from listening.tests.cast import ALICE, NOW, after, begun, event_id


@pytest.fixture
def store(db: None) -> SqlListenStore:
    store = SqlListenStore()
    for number in (1, 2, 3):
        finish(store, number)
    return store


def finish(store: SqlListenStore, number: int, **changed: Any) -> None:
    began = after(number * 1000)
    listen = store.start(begun(ALICE, number, started_at=began, received_at=began, **changed))
    store.complete(ALICE, listen.event_id, listen.duration_ms, listen.started_at + timedelta(minutes=3))


def test_nothing_is_read_twice_while_nothing_was_heard(
    store: SqlListenStore, django_assert_num_queries: Callable[[int], Any]
) -> None:
    before = list(store.completed_tracks(ALICE).items()), store.heard_tracks(ALICE).track_ids
    store.completed_tracks(ALICE).clear()
    store.heard_tracks(ALICE).track_ids.clear()
    with django_assert_num_queries(2):
        assert (list(store.completed_tracks(ALICE).items()), store.heard_tracks(ALICE).track_ids) == before
    assert list(store.completed_tracks(ALICE)) == [3, 2, 1]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what the tables hold")
def test_what_tells_that_something_changed_is_read_from_indexes_alone(store: SqlListenStore) -> None:
    with CaptureQueriesContext(connection) as asked:
        store.heard_tracks(ALICE)
        store.completed_tracks(ALICE)
    for question in (asked[0], asked[-1]):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {question['sql']}")
            read = [row[-1] for row in cursor.fetchall() if "listening_listenrow" in row[-1]]
        assert read
        assert all("USING COVERING INDEX" in part or "(user_id=? AND completed_at>?)" in part for part in read), read


CHANGES: dict[str, Callable[[SqlListenStore], object]] = {
    "another track": lambda store: finish(store, 4),
    "one again": lambda store: finish(store, 9, track_id=1),
    "what is not in the catalogue": lambda store: (
        finish(store, 4, track_id=-(2**62) - 7),
        finish(store, 5, track_id=-(2**62) - 8),
        finish(store, 6, track_id=-(2**62) - 9),
    ),
    "one erased": lambda store: store.erase(ALICE, Selection(event_id=event_id(2))),
    "one erased, another heard": lambda store: (
        store.erase(ALICE, Selection(event_id=event_id(2))),
        finish(store, 4),
    ),
    "one left out": lambda store: store.leave_out(ALICE, Selection(event_id=event_id(3))),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_read_at_once(store: SqlListenStore, change: str) -> None:
    known = store.completed_tracks(ALICE), store.heard_tracks(ALICE).track_ids
    assert store.completed_tracks(ALICE, NOW) == known[0]
    CHANGES[change](store)
    now = [store.completed_tracks(ALICE), store.completed_tracks(ALICE, NOW), store.heard_tracks(ALICE).track_ids]
    listens = [each for part in store.each(ALICE) for each in part]
    counted = sorted(
        (each for each in listens if each.completed_at and not each.is_left_out),
        key=lambda each: -each.started_at.timestamp(),
    )
    assert list(now[0]) == list(now[1]) == list(dict.fromkeys(each.track_id for each in counted))
    assert now[2] == {each.track_id for each in listens}
