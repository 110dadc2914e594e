"""Two tabs, a beacon beside a fetch, twenty retries: everything at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from listening import rollups
from listening.errors import EventBelongsToAnother
from listening.sql import SqlListenStore
from listening.store import ListenStore
from listening.tests.cast import ALICE, THREE_MINUTES, after, begun, event_id


@pytest.fixture(params=[pytest.param("sql"), pytest.param("shared_wire_mongo", id="wire", marks=pytest.mark.wire)])
def store(request: pytest.FixtureRequest, shared_database: str) -> ListenStore:
    return SqlListenStore() if request.param == "sql" else request.getfixturevalue(request.param)


def all_at_once(calls):
    def closing(call):
        try:
            return call()
        except EventBelongsToAnother:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(closing, calls))


def test_twenty_identical_starts_are_one_listen(store):
    answers = all_at_once([lambda: store.start(begun())] * 20)
    assert set(answers) == {begun()}
    assert len(store.history(ALICE, 50)) == 1


def test_one_event_claimed_by_twenty_people_belongs_to_one(store):
    answers = all_at_once([lambda user_id=user_id: store.start(begun(user_id)) for user_id in range(1, 21)])
    assert len([answer for answer in answers if answer]) == 1


def test_twenty_identical_completions_are_one(store):
    store.start(begun())
    answers = all_at_once([lambda: store.complete(ALICE, event_id(1), THREE_MINUTES, after(180))] * 20)
    assert set(answers) == set(store.history(ALICE, 50))
    assert answers[0].completed


def test_different_progress_at_the_same_moment_keeps_the_furthest_and_the_end(store):
    store.start(begun())
    steps = [
        lambda seconds=seconds: store.progress(ALICE, event_id(1), seconds * 1000, after(200))
        for seconds in range(1, 20)
    ]
    all_at_once([*steps, lambda: store.complete(ALICE, event_id(1), 150_000, after(200))])
    (listen,) = store.history(ALICE, 50)
    assert (listen.played_ms, listen.ended, listen.completed) == (150_000, True, True)


@pytest.mark.parametrize("is_new", [True, False])
def test_six_pages_that_bring_figures_up_to_date_agree(store, monkeypatch, is_new):
    for choice in ("listen_store", "patient_store"):
        monkeypatch.setattr(rollups, choice, lambda: store)
    if not is_new:
        rollups.refresh(ALICE, "Europe/Berlin")
    store.add_all([begun(number=number, started_at=after(number * 3600)) for number in range(1, 100)])
    all_at_once([lambda: rollups.refresh(ALICE, "Europe/Berlin")] * 6)
    assert rollups.refresh(ALICE, "Europe/Berlin")
    assert rollups.is_right(ALICE, "Europe/Berlin")
    assert sum(row.plays for row in rollups.rows_of(ALICE, "year")) == 99


def test_listens_that_come_while_figures_are_made_are_in_them_afterwards(store, monkeypatch):
    for choice in ("listen_store", "patient_store"):
        monkeypatch.setattr(rollups, choice, lambda: store)
    rollups.refresh(ALICE, "UTC")
    plays = [lambda number=number: store.start(begun(number=number)) for number in range(1, 11)]
    reads = [lambda: rollups.refresh(ALICE, "UTC")] * 5
    rebuilds = [lambda: rollups.rebuild(ALICE, "UTC")] * 3
    all_at_once([*plays, *reads, *rebuilds])
    assert rollups.refresh(ALICE, "UTC")
    assert rollups.is_right(ALICE, "UTC")
    assert sum(row.plays for row in rollups.rows_of(ALICE, "day")) == 10
