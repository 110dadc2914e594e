"""What a user has heard and completed, told quickly, is what their whole history tells."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from listening import rules, taste
from listening.store import Event
from listening.tests.cast import ALICE, BOB, NOW, THREE_MINUTES, after, begun, event_id

GENRES = ("folk", "jazz", "soul")
ALL = 10_000


@pytest.fixture(params=[pytest.param("mock_mongo"), pytest.param("wire_mongo", marks=pytest.mark.wire)])
def mongo(request):
    return request.getfixturevalue(request.param)


def heard_in(history):
    return {listen.track_id for listen in history if listen.heard}


def completed_in(history):
    finished = sorted((listen for listen in history if listen.completed), key=lambda listen: listen.completed_at)
    latest = {}
    for listen in reversed(finished):
        latest.setdefault(listen.track_id, listen.genres)
    return latest


def popular_in(history, since):
    finished = [listen for listen in history if listen.completed and listen.completed_at >= since]
    of_each = dict.fromkeys((ALICE, BOB), 0)
    newest = []
    for listen in sorted(finished, key=lambda listen: listen.completed_at, reverse=True):
        of_each[listen.user_id] += 1
        if of_each[listen.user_id] <= rules.POPULAR_OF_ONE:
            newest.append(listen)
    listeners = {}
    for listen in newest[: rules.POPULAR_LISTENS]:
        listeners.setdefault(listen.track_id, set()).add(listen.user_id)
    return sorted(((track_id, len(users)) for track_id, users in listeners.items()), key=lambda one: (-one[1], one[0]))


class Life:
    """Two listeners and what happens to them: early, late, twice, in bulk, and forgotten."""

    def __init__(self, store, seed):
        self.store, self.dice = store, random.Random(seed)
        self.started = {ALICE: [], BOB: []}
        self.last = {}

    def step(self):
        user_id = self.dice.choice([ALICE, BOB])
        steps = [self.start, self.event, self.again, self.add, self.forget]
        self.dice.choices(steps, [8, 16, 4, 2, 0.5])[0](user_id)
        return user_id

    def start(self, user_id):
        self.started[user_id].append(self.store.start(self.made_up(user_id)))

    def event(self, user_id):
        if self.started[user_id]:
            listen = self.dice.choice(self.started[user_id])
            at = listen.started_at + timedelta(milliseconds=self.dice.randint(1, 300_000))
            kind = self.dice.choice(["progress", "left", "complete"])
            self.last[user_id] = (kind, listen.event_id, self.dice.randint(0, THREE_MINUTES), at)
            self.again(user_id)

    def again(self, user_id):
        if user_id in self.last:
            kind, event, played_ms, at = self.last[user_id]
            if kind == "complete":
                self.store.complete(user_id, event, played_ms, at)
            else:
                self.store.progress(user_id, event, played_ms, at, left=kind == "left")

    def add(self, user_id):
        known = self.dice.sample(self.started[user_id], min(3, len(self.started[user_id])))
        new = [self.made_up(user_id) for _ in range(3)]
        self.started[user_id] += new
        self.store.add_all([self.finished(listen) for listen in known + new])

    def forget(self, user_id):
        self.store.forget_user(user_id)
        self.started[user_id].clear()
        self.last.pop(user_id, None)

    def finished(self, listen):
        at = listen.started_at + timedelta(milliseconds=self.dice.randint(60_000, 300_000))
        return rules.apply(listen, Event("complete", self.dice.randint(0, THREE_MINUTES), at))

    def made_up(self, user_id):
        return begun(
            user_id,
            self.dice.getrandbits(100),
            track_id=self.dice.randint(1, 6),
            genres=self.dice.sample(GENRES, self.dice.randint(0, 3)),
            started_at=NOW - timedelta(milliseconds=self.dice.randint(0, 20 * 86_400_000)),
        )


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_the_quick_answers_are_those_of_the_whole_history(store, seed, monkeypatch):
    monkeypatch.setattr(rules, "POPULAR_LISTENS", 9)
    monkeypatch.setattr(rules, "POPULAR_OF_ONE", 6)
    life = Life(store, seed)
    for _ in range(60):
        user_id = life.step()
        history = store.history(user_id, ALL)
        assert store.heard_tracks(user_id).track_ids == heard_in(history)
        assert list(store.completed_tracks(user_id).items()) == list(completed_in(history).items())
    for days in (5, 15, 30):
        since = NOW - timedelta(days=days)
        everything = store.history(ALICE, ALL) + store.history(BOB, ALL)
        assert store.popular_track_ids(ALL, since) == popular_in(everything, since)


def heard_to_the_end(mongo, number, **changed):
    listen = mongo.start(begun(number=number, **changed))
    mongo.complete(ALICE, listen.event_id, THREE_MINUTES, after(180))


def document_of(mongo, user_id=ALICE):
    with mongo.door.asking() as listens:
        return listens.database["taste"].find_one({"_id": user_id})


def test_a_retry_repairs_what_a_crash_between_the_two_writes_left_undone(mongo, monkeypatch):
    assert mongo.heard_tracks(ALICE).track_ids == set()
    mongo.start(begun())
    with monkeypatch.context() as crashing:
        crashing.setattr(taste, "note", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            mongo.complete(ALICE, event_id(1), THREE_MINUTES, after(180))
    assert mongo.history(ALICE, 1)[0].completed
    assert mongo.heard_tracks(ALICE).track_ids == set()
    mongo.complete(ALICE, event_id(1), THREE_MINUTES, after(180))
    assert mongo.completed_tracks(ALICE) == {1: ("jazz", "soul")}


def test_listens_from_before_there_was_a_document_are_found_by_the_first_read(mongo):
    heard_to_the_end(mongo, 1)
    assert document_of(mongo) is None
    assert mongo.heard_tracks(ALICE).track_ids == {1}
    heard_to_the_end(mongo, 2)
    assert set(document_of(mongo)["tracks"]) == {"1", "2"}


def test_a_document_that_somebody_died_building_is_built_again(mongo):
    heard_to_the_end(mongo, 1)
    with mongo.door.asking() as listens:
        listens.database["taste"].insert_one({"_id": ALICE, "building": "by a dead one", "tracks": {}})
    assert mongo.heard_tracks(ALICE).track_ids == {1}
    assert "building" not in document_of(mongo)


def test_a_listen_heard_while_the_document_is_built_is_in_it(mongo, monkeypatch):
    read = taste._from_history

    def read_and_then_hear(listens, user_id):
        tracks = read(listens, user_id)
        heard_to_the_end(mongo, 2)
        return tracks

    heard_to_the_end(mongo, 1)
    monkeypatch.setattr(taste, "_from_history", read_and_then_hear)
    mongo.rebuild_taste(ALICE)
    assert set(document_of(mongo)["tracks"]) == {"1", "2"}


def test_somebody_forgotten_while_the_document_is_built_stays_forgotten(mongo, monkeypatch):
    read = taste._from_history

    def read_and_then_forget(listens, user_id):
        tracks = read(listens, user_id)
        mongo.forget_user(user_id)
        return tracks

    heard_to_the_end(mongo, 1)
    monkeypatch.setattr(taste, "_from_history", read_and_then_forget)
    mongo.rebuild_taste(ALICE)
    assert document_of(mongo) is None


def test_a_rebuilt_document_knows_no_more_than_the_listens(mongo):
    heard_to_the_end(mongo, 1)
    with mongo.door.asking() as listens:
        listens.database["taste"].insert_one({"_id": ALICE, "tracks": {"9": ""}})
    mongo.rebuild_taste(ALICE)
    assert mongo.heard_tracks(ALICE).track_ids == {1}


@pytest.mark.wire
def test_tracks_completed_at_the_same_moment_beside_rebuilding_are_all_there(shared_wire_mongo):
    numbers = range(1, 25)
    with ThreadPoolExecutor(6) as threads:
        calls = [threads.submit(heard_to_the_end, shared_wire_mongo, number) for number in numbers]
        calls += [threads.submit(shared_wire_mongo.rebuild_taste, ALICE) for _ in range(8)]
        calls += [threads.submit(shared_wire_mongo.heard_tracks, ALICE) for _ in range(8)]
        assert [call.result() for call in calls[:24]] == [None] * 24
    assert set(shared_wire_mongo.completed_tracks(ALICE)) == set(numbers)
