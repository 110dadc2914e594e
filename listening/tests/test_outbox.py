"""MongoDB goes away and comes back: what was heard meanwhile arrives once, in order."""

from contextlib import contextmanager, suppress
from datetime import timedelta

import mongomock_ng
import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from pymongo.errors import BulkWriteError

from listening import outbox, shipping
from listening.breaker import Breaker
from listening.durable import DurableListenStore
from listening.errors import StoreAway, StoreTooSlow, UnknownEvent
from listening.lease import LEASE_SECONDS, lease
from listening.listen import EVERYTHING, Event
from listening.models import Lease, PendingEvent
from listening.mongo import MongoListenStore
from listening.mongo_door import MongoDoor
from listening.sql import SqlListenStore
from listening.tests.cast import ALICE, BOB, NOW, THREE_MINUTES, after, begun, event_id

pytestmark = pytest.mark.django_db


class SwitchedDoor(MongoDoor):
    is_away = False

    @contextmanager
    def asking(self):
        if self.is_away:
            raise StoreAway
        with super().asking() as listens:
            yield listens


@pytest.fixture
def mongo():
    return MongoListenStore(SwitchedDoor(mongomock_ng.MongoClient, timeout_seconds=5, is_connected=lambda _: True))


@pytest.fixture
def durable(mongo):
    return DurableListenStore(mongo)


@pytest.fixture
def away(mongo):
    mongo.door.is_away = True
    return mongo.door


def back(mongo):
    mongo.door.is_away = False


def test_while_mongodb_answers_nothing_waits(durable, mongo):
    durable.start(begun())
    assert durable.complete(ALICE, event_id(1), THREE_MINUTES, after(180)).completed
    with pytest.raises(UnknownEvent):
        durable.progress(ALICE, event_id(2), 1, NOW)
    assert outbox.count() == 0
    assert mongo.heard_tracks(ALICE).track_ids == {1}


def test_a_whole_listen_while_away_is_acknowledged_as_if_it_were_there(durable, away):
    assert durable.start(begun()) == begun()
    assert durable.progress(ALICE, event_id(1), 100_000, after(50)).played_ms == 50_000
    assert durable.start(begun()).played_ms == 50_000
    assert durable.complete(ALICE, event_id(1), THREE_MINUTES, after(180)).completed


def test_progress_of_a_listen_that_only_mongodb_knows_is_kept_for_later(durable, mongo):
    durable.start(begun())
    mongo.door.is_away = True
    assert durable.complete(ALICE, event_id(1), THREE_MINUTES, after(180)) is None
    back(mongo)
    assert durable.completed_tracks(ALICE) == {1: ("jazz", "soul")}
    assert outbox.count() == 0


def test_reads_say_at_once_that_mongodb_is_away(durable, away):
    durable.start(begun())
    for read in (durable.heard_tracks, durable.completed_tracks):
        with pytest.raises(StoreAway):
            read(ALICE)
    with pytest.raises(StoreAway):
        durable.popular_track_ids(5, NOW)
    with pytest.raises(StoreAway):
        durable.ping()


def test_the_next_read_after_mongodb_is_back_knows_what_was_heard_meanwhile(durable, mongo, away):
    durable.start(begun())
    durable.complete(ALICE, event_id(1), THREE_MINUTES, after(180))
    durable.start(begun(BOB, 2))
    back(mongo)
    assert durable.heard_tracks(ALICE).track_ids == {1}
    assert not outbox.has_pending(ALICE)
    assert outbox.has_pending(BOB)


def test_once_something_waits_later_events_queue_up_behind_it(durable, mongo, away):
    durable.start(begun())
    back(mongo)
    durable.progress(ALICE, event_id(1), 4000, after(4), left=True)
    assert [pending.kind for pending in outbox.pending_of(ALICE)] == ["start", "left"]
    assert shipping.ship_all(mongo) == 2
    assert mongo.history(ALICE, 1)[0].skipped


def test_the_clock_that_caps_is_that_of_the_arrival_not_of_the_shipping(durable, mongo, away):
    durable.start(begun())
    durable.progress(ALICE, event_id(1), 170_000, after(10))
    back(mongo)
    shipping.ship_all(mongo)
    assert mongo.history(ALICE, 1)[0].played_ms == 10_000


def test_a_shipped_listen_is_the_one_that_was_started_to_the_last_field(durable, mongo, away):
    durable.start(begun())
    back(mongo)
    assert durable.history(ALICE, 1) == [begun()]


def test_dying_between_delivery_and_deletion_doubles_nothing(durable, mongo, away):
    for number in range(1, 6):
        durable.start(begun(number=number))
        durable.complete(ALICE, event_id(number), THREE_MINUTES, after(180))
    back(mongo)
    mongo.tell(ALICE, outbox.stories(outbox.pending_of(ALICE)[:7]))
    assert shipping.ship_all(mongo) == 10
    assert len(mongo.history(ALICE, 50)) == 5
    assert set(mongo.completed_tracks(ALICE)) == {1, 2, 3, 4, 5}


def test_going_away_in_the_middle_keeps_the_rest_and_only_the_rest(durable, mongo, away, monkeypatch):
    monkeypatch.setattr(shipping, "FIRST_BATCH", 3)
    for number in range(1, 6):
        durable.start(begun(number=number))
    back(mongo)
    tell = mongo.tell

    def tell_once(user_id, stories):
        refused = tell(user_id, stories)
        mongo.door.is_away = True
        return refused

    monkeypatch.setattr(mongo, "tell", tell_once)
    with pytest.raises(StoreAway):
        shipping.ship_all(mongo)
    assert [pending.event_id for pending in outbox.pending_of(ALICE)] == [event_id(4), event_id(5)]
    assert not Lease.objects.exists()
    back(mongo)
    assert [listen.track_id for listen in mongo.history(ALICE, 9)] == [3, 2, 1]


def test_a_user_whose_event_takes_too_long_does_not_hold_up_the_others(durable, mongo, away, monkeypatch):
    durable.start(begun(ALICE, 1))
    durable.start(begun(BOB, 2))
    back(mongo)
    tell = mongo.tell

    def slow_for_alice(user_id, stories):
        if user_id == ALICE:
            raise StoreTooSlow
        return tell(user_id, stories)

    monkeypatch.setattr(mongo, "tell", slow_for_alice)
    assert shipping.ship_all(mongo) == 1
    assert outbox.has_pending(ALICE)
    assert not outbox.has_pending(BOB)


def test_an_event_that_can_never_apply_is_dropped_with_a_line_in_the_log(durable, mongo, away, caplog):
    durable.complete(ALICE, event_id(99), THREE_MINUTES, after(180))
    PendingEvent.objects.create(user_id=ALICE, kind="start", payload={"of": "another version"}, received_at=NOW)
    durable.start(begun(number=2))
    back(mongo)
    assert shipping.ship_all(mongo) == 3
    assert [listen.track_id for listen in mongo.history(ALICE, 5)] == [2]
    assert caplog.text.count("Dropped an event that can never apply") == 2
    assert event_id(99) in caplog.text


def test_an_event_id_of_somebody_else_is_found_out_at_the_latest_when_shipping(durable, mongo):
    durable.start(begun(ALICE))
    mongo.door.is_away = True
    durable.start(begun(BOB))
    back(mongo)
    shipping.ship_all(mongo)
    assert mongo.history(BOB, 5) == []
    assert outbox.count() == 0


def test_a_user_forgotten_while_away_is_forgotten_when_it_is_back(durable, mongo):
    durable.start(begun(ALICE, 1))
    durable.start(begun(BOB, 2))
    mongo.door.is_away = True
    durable.start(begun(ALICE, 3))
    durable.forget_user(ALICE)
    assert [pending.kind for pending in outbox.pending_of(ALICE)] == ["forget"]
    back(mongo)
    shipping.ship_all(mongo)
    assert mongo.history(ALICE, 5) == []
    assert len(mongo.history(BOB, 5)) == 1


def test_a_user_is_forgotten_when_the_transaction_is_over(durable, mongo, django_capture_on_commit_callbacks):
    durable.start(begun(ALICE, 1))
    with django_capture_on_commit_callbacks(execute=True):
        durable.forget_user(ALICE)
        assert len(mongo.history(ALICE, 5)) == 1
    assert mongo.history(ALICE, 5) == []
    assert outbox.count() == 0


def test_whose_account_stays_after_all_keeps_their_listens(durable, mongo, django_capture_on_commit_callbacks):
    durable.start(begun(ALICE, 1))
    with django_capture_on_commit_callbacks(execute=True), suppress(DatabaseError), transaction.atomic():
        durable.forget_user(ALICE)
        raise DatabaseError
    shipping.ship_all(mongo)
    assert len(durable.history(ALICE, 5)) == 1


def test_what_waited_and_what_mongodb_has_goes_when_it_comes_back_in_the_middle(
    durable, mongo, django_capture_on_commit_callbacks
):
    durable.start(begun(ALICE, 1))
    mongo.door.is_away = True
    durable.start(begun(ALICE, 2))
    with django_capture_on_commit_callbacks(execute=True):
        durable.forget_user(ALICE)
    back(mongo)
    shipping.ship_all(mongo)
    assert mongo.history(ALICE, 5) == []
    assert outbox.count() == 0


def test_forgetting_a_long_history_goes_on_where_the_time_was_over(mongo, monkeypatch):
    monkeypatch.setattr("listening.mongo.FORGOTTEN_AT_ONCE", 2)
    mongo.add_all([begun(number=number) for number in range(1, 8)])
    delete, deleted = mongomock_ng.Collection.delete_many, []

    def delete_twice(listens, wanted):
        deleted.append(wanted)
        if len(deleted) == 3:
            raise StoreTooSlow
        return delete(listens, wanted)

    monkeypatch.setattr(mongomock_ng.Collection, "delete_many", delete_twice)
    with pytest.raises(StoreTooSlow):
        mongo.forget_user(ALICE)
    assert mongo.forget_user(ALICE) == 3
    assert mongo.history(ALICE, 9) == []


def test_forgetting_reaches_what_the_embedded_store_still_has(durable):
    SqlListenStore().start(begun())
    assert durable.forget_user(ALICE) == 1
    assert SqlListenStore().history(ALICE, 5) == []


def test_only_one_carries_a_users_events_at_a_time(durable, mongo, away):
    durable.start(begun())
    back(mongo)
    with lease(f"ship {ALICE}"):
        assert shipping.ship_all(mongo) == 0
        assert outbox.has_pending(ALICE)
    assert shipping.ship_all(mongo) == 1


def test_the_lease_of_a_dead_carrier_runs_out():
    expired = timezone.now() - timedelta(seconds=1)
    Lease.objects.create(name="ship 1", holder="dead", expires_at=expired)
    with lease("ship 1") as held:
        assert held.is_valid
        with lease("ship 1") as second:
            assert second is None


def test_a_carrier_that_slept_past_its_lease_knows_it_lost_it():
    with lease("ship 1") as held:
        Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=LEASE_SECONDS))
        with lease("ship 1") as second:
            assert second.is_valid
            assert not held.renew()
            assert not held.is_valid


def test_more_events_than_one_batch_all_arrive_in_order(durable, mongo, away, monkeypatch):
    monkeypatch.setattr(shipping, "FIRST_BATCH", 4)
    durable.start(begun())
    for seconds in range(1, 30):
        outbox.keep_event(ALICE, event_id(1), Event("progress", seconds * 1000, after(seconds)))
    back(mongo)
    told = told_to(mongo, monkeypatch)
    assert shipping.ship_all(mongo) == 30
    assert [len(batch) for batch in told] == [3, 8, 16, 2]
    assert [event.played_ms for batch in told for event in batch] == [seconds * 1000 for seconds in range(1, 30)]
    assert mongo.history(ALICE, 1)[0].played_ms == 29_000


def told_to(mongo, monkeypatch):
    """The events of each batch that it is told."""
    tell, told = mongo.tell, []

    def noted(user_id, stories):
        told.append([event for story in stories for event in story.events])
        return tell(user_id, stories)

    monkeypatch.setattr(mongo, "tell", noted)
    return told


def test_a_batch_that_takes_too_long_is_told_in_smaller_ones(durable, mongo, away, monkeypatch):
    for number in range(1, 31):
        durable.start(begun(number=number))
    back(mongo)
    tell, sizes = mongo.tell, []

    def slow_with_many(user_id, stories):
        sizes.append(len(stories))
        if len(stories) > 5:
            raise StoreTooSlow
        return tell(user_id, stories)

    monkeypatch.setattr(mongo, "tell", slow_with_many)
    monkeypatch.setattr(shipping, "FIRST_BATCH", 24)
    assert shipping.ship_all(mongo) == 30
    assert sizes == [24, *[3] * 10]
    assert sorted(listen.track_id for listen in mongo.history(ALICE, 50)) == list(range(1, 31))


def test_few_events_do_not_wait_for_many(durable, mongo, away, monkeypatch):
    monkeypatch.setattr(shipping, "A_TURN", 10)
    monkeypatch.setattr(shipping, "FIRST_BATCH", 5)
    for number in range(1, 31):
        durable.start(begun(ALICE, number))
    durable.start(begun(BOB, 99))
    back(mongo)
    tell, told = mongo.tell, []

    def noted(user_id, stories):
        told.append(user_id)
        return tell(user_id, stories)

    monkeypatch.setattr(mongo, "tell", noted)
    assert shipping.ship_all(mongo) == 31
    assert told == [ALICE, ALICE, BOB, ALICE, ALICE]


def test_one_event_that_mongodb_cannot_keep_costs_no_other_of_its_batch(durable, mongo, away, caplog):
    for number in (1, 2, 3):
        durable.start(begun(number=number, **({"duration_ms": 2**70} if number == 2 else {})))
    back(mongo)
    assert shipping.ship_all(mongo) == 3
    assert sorted(listen.track_id for listen in mongo.history(ALICE, 9)) == [1, 3]
    assert event_id(2) in caplog.text


def test_what_changed_in_mongodb_between_the_look_and_the_write_of_a_batch_is_kept(durable, mongo, away, monkeypatch):
    back(mongo)
    for number in (1, 2):
        mongo.start(begun(number=number))
    mongo.door.is_away = True
    for number in (1, 2):
        durable.progress(ALICE, event_id(number), 50_000, after(60))
    durable.start(begun(number=3))
    back(mongo)
    look = mongomock_ng.Collection.find

    def look_and_let_others_write(listens, *wanted, **options):
        found = list(look(listens, *wanted, **options))
        monkeypatch.undo()
        mongo.complete(ALICE, event_id(1), 150_000, after(170))
        mongo.start(begun(number=3))
        mongo.progress(ALICE, event_id(3), 20_000, after(30))
        return found

    monkeypatch.setattr(mongomock_ng.Collection, "find", look_and_let_others_write)
    assert shipping.ship_all(mongo) == 3
    known = {listen.track_id: listen for listen in mongo.history(ALICE, 9)}
    assert {number: listen.played_ms for number, listen in known.items()} == {1: 150_000, 2: 50_000, 3: 20_000}
    assert known[1].completed


def test_a_write_that_mongodb_may_not_have_kept_is_told_again(durable, mongo, away, monkeypatch):
    durable.start(begun())
    back(mongo)
    trouble = {"writeErrors": [], "writeConcernErrors": [{"code": 91, "errmsg": "shutdown in progress"}]}

    def not_journaled(*_args, **_options):
        raise BulkWriteError(trouble)

    with monkeypatch.context() as patched:
        patched.setattr(mongomock_ng.Collection, "insert_many", not_journaled)
        with pytest.raises(StoreAway):
            shipping.ship_all(mongo)
    assert outbox.count() == 1
    mongo.door._breaker = Breaker()
    assert shipping.ship_all(mongo) == 1
    assert len(mongo.history(ALICE, 9)) == 1


def test_an_event_kept_by_a_later_version_is_read_as_far_as_it_is_known(durable, mongo, away):
    durable.start(begun())
    waiting = PendingEvent.objects.get()
    waiting.payload |= {"mood": "blue"}
    del waiting.payload["isrc"], waiting.payload["left_at"]
    waiting.save()
    back(mongo)
    assert durable.history(ALICE, 1) == [begun()]


def test_only_one_drains_however_many_users_wait(durable, mongo, away):
    durable.start(begun(ALICE, 1))
    durable.start(begun(BOB, 2))
    back(mongo)
    with lease("ship"):
        assert shipping.ship_all(mongo) == 0
        assert outbox.count() == 2
        assert durable.heard_tracks(ALICE).track_ids == set()
        assert not outbox.has_pending(ALICE)
    assert shipping.ship_all(mongo) == 1


def test_a_read_carries_only_for_a_moment(durable, mongo, away):
    durable.start(begun())
    back(mongo)
    assert shipping.ship_user(mongo, ALICE, is_over=lambda: True) == 0
    assert outbox.has_pending(ALICE)


@pytest.mark.parametrize("change", ["erase", "leave_out"])
def test_what_still_waits_escapes_no_erasure(durable, mongo, away, change):
    """A page carries for a moment only, so that some may wait when it is asked."""
    durable.start(begun())
    back(mongo)
    with lease(f"ship {ALICE}"), pytest.raises(StoreAway):
        getattr(durable, change)(ALICE, EVERYTHING)
    assert getattr(durable, change)(ALICE, EVERYTHING) == 1
