"""The real server over a socket: killed, frozen, slow and absent."""

import threading
import time
from contextlib import suppress

import pytest
from django.db import connections

from listening import outbox, rollups, shipping
from listening.durable import DurableListenStore
from listening.errors import StoreAway, StoreTooSlow
from listening.listen import Event
from listening.management.commands.ship_listens import PATIENCE_SECONDS
from listening.models import Rollup
from listening.mongo import MongoListenStore
from listening.mongo_door import MongoDoor, connect_to
from listening.store import forget_store, mongo_store
from listening.tests.cast import ALICE, BOB, NOW, THREE_MINUTES, after, begun, event_id
from listening.tests.conftest import need_server
from listening.tests.slow_proxy import slow_proxy
from tests.mongo_server import MongoServer, free_port
from tests.small_disk import filled, small_disk

pytestmark = pytest.mark.wire

LONGEST_WAIT_SECONDS = 0.5
SCHEDULER_SECONDS = 0.25  # what a machine adds that runs other tests beside these


@pytest.fixture
def durable_at(db):
    made = []

    def make(uri):
        made.append(MongoListenStore(MongoDoor(connect_to(uri))))
        return DurableListenStore(made[-1])

    yield make
    for mongo in made:
        mongo.door.close()


def every_call(durable):
    """Each of the store's methods once, and how long the slowest took."""
    calls = [
        lambda: durable.start(begun(number=50)),
        lambda: durable.progress(ALICE, event_id(50), 1000, after(1)),
        lambda: durable.complete(BOB, event_id(51), 1000, after(1)),
        lambda: durable.history(ALICE, 20),
        lambda: durable.recent_track_ids(ALICE, 20),
        lambda: durable.heard_tracks(ALICE).track_ids,
        lambda: durable.completed_tracks(ALICE),
        lambda: durable.popular_track_ids(20, NOW),
        lambda: durable.forget_user(BOB),
        durable.ping,
    ]
    return max(took(call) for call in calls)


def took(call):
    began = time.perf_counter()
    with suppress(StoreAway):
        call()
    return time.perf_counter() - began


def wait_until_it_answers(durable, seconds=20):
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        with suppress(StoreAway):
            return durable.ping()
        time.sleep(0.1)
    return pytest.fail("the store did not come back")


def test_nobody_waits_for_a_server_that_is_not_there(durable_at):
    durable = durable_at(f"mongodb://127.0.0.1:{free_port()}/nowhere")
    assert every_call(durable) < LONGEST_WAIT_SECONDS + SCHEDULER_SECONDS
    assert every_call(durable) < 0.1
    assert outbox.has_pending(ALICE)


def test_nobody_waits_for_a_frozen_server_and_what_was_kept_arrives_when_it_thaws(durable_at, own_server):
    durable = durable_at(own_server.uri)
    durable.start(begun())
    own_server.freeze()
    assert every_call(durable) < LONGEST_WAIT_SECONDS + SCHEDULER_SECONDS
    durable.complete(ALICE, event_id(1), THREE_MINUTES, after(180))
    own_server.thaw()
    wait_until_it_answers(durable)
    assert durable.completed_tracks(ALICE) == {1: ("jazz", "soul")}
    assert len(durable.history(ALICE, 50)) == 2


def test_the_probe_of_a_still_frozen_server_does_not_wait_longer_either(durable_at, own_server):
    durable = durable_at(own_server.uri)
    durable.ping()
    own_server.freeze()
    waits = []
    give_up_at = time.monotonic() + 4.5
    while time.monotonic() < give_up_at:
        waits.append(took(lambda: durable.history(ALICE, 20)))
        time.sleep(0.05)
    assert max(waits) < LONGEST_WAIT_SECONDS + SCHEDULER_SECONDS
    assert sum(wait > 0.1 for wait in waits) <= 3


def test_nobody_waits_for_a_server_two_seconds_away(durable_at, own_server):
    with slow_proxy(own_server.port, delay_seconds=2) as port:
        durable = durable_at(f"mongodb://127.0.0.1:{port}/music_streamer_test?directConnection=true")
        assert every_call(durable) < LONGEST_WAIT_SECONDS + SCHEDULER_SECONDS
        assert outbox.has_pending(ALICE)


@pytest.mark.django_db
def test_a_shipper_has_the_patience_for_a_line_that_adds_two_seconds(own_server, settings):
    for number in range(1, 101):
        outbox.keep_start(begun(number=number))
        outbox.keep_event(ALICE, event_id(number), Event("complete", THREE_MINUTES, after(180)))
    with slow_proxy(own_server.port, delay_seconds=1) as port:
        settings.MONGODB_URI = f"mongodb://127.0.0.1:{port}/music_streamer_test?directConnection=true"
        patient = mongo_store(PATIENCE_SECONDS)
        give_up_at = time.monotonic() + 120
        while not outbox.is_empty() and time.monotonic() < give_up_at:
            with suppress(StoreAway):
                shipping.ship_all(patient)
        patient.door.close()
    assert outbox.count() == 0
    quick = MongoListenStore(MongoDoor(connect_to(own_server.uri), timeout_seconds=5))
    assert sorted(listen.track_id for listen in quick.history(ALICE, 200)) == list(range(1, 101))
    assert len(quick.completed_tracks(ALICE)) == 100
    quick.door.close()


@pytest.mark.django_db
def test_figures_are_made_over_a_line_that_is_too_slow_for_a_page(own_server, settings):
    quick = MongoListenStore(MongoDoor(connect_to(own_server.uri), timeout_seconds=5))
    quick.add_all([begun(number=number) for number in range(1, 11)])
    quick.door.close()
    with slow_proxy(own_server.port, delay_seconds=1) as port:
        settings.MONGODB_URI = f"mongodb://127.0.0.1:{port}/music_streamer_test?directConnection=true"
        forget_store()
        assert not rollups.refresh(ALICE, "UTC")
        rollups.rebuild(ALICE, "UTC")
    assert Rollup.objects.get(user_id=ALICE, level="day").plays == 10


def test_a_slow_answer_in_the_middle_of_reads_stays_within_one_budget(durable_at, own_server):
    with slow_proxy(own_server.port, delay_seconds=0.05) as port:
        durable = durable_at(f"mongodb://127.0.0.1:{port}/music_streamer_test?directConnection=true")
        durable.mongo.door.close()
        for number in range(1, 20):
            outbox.keep_start(begun(number=number))
        wait_until_it_answers(durable)
        assert took(lambda: durable.history(ALICE, 20)) < LONGEST_WAIT_SECONDS + SCHEDULER_SECONDS


@pytest.mark.django_db
def test_a_question_too_big_for_the_time_does_not_send_listens_to_the_outbox(own_server):
    mongo = MongoListenStore(MongoDoor(connect_to(own_server.uri), timeout_seconds=5))
    mongo.add_all([begun(number=number) for number in range(1, 400)])
    mongo.door._timeout_seconds = 0.01
    with pytest.raises(StoreTooSlow):
        mongo.history(ALICE, 400)
    assert mongo.door.may_answer
    mongo.door.close()


def test_a_server_killed_in_the_middle_loses_nothing_and_doubles_nothing(durable_at, own_server):
    durable = durable_at(own_server.uri)
    waits = []
    for number in range(1, 61):
        if number == 20:
            own_server.kill()
        waits.append(took(lambda number=number: durable.start(begun(number=number))))
        durable.complete(ALICE, event_id(number), THREE_MINUTES, after(180))
    assert max(waits) < LONGEST_WAIT_SECONDS + SCHEDULER_SECONDS
    assert outbox.count() >= 80
    own_server.start()
    wait_until_it_answers(durable)
    shipping.ship_all(durable.mongo)
    assert outbox.count() == 0
    assert sorted(listen.track_id for listen in durable.history(ALICE, 100)) == list(range(1, 61))
    assert set(durable.completed_tracks(ALICE)) == set(range(1, 61))


def test_a_server_whose_disk_is_full_gets_the_rest_when_there_is_room(durable_at, tmp_path):
    """It refuses everything from then on, reading too, until it is started anew."""
    need_server()
    with small_disk(tmp_path / "disk", megabytes=32), MongoServer(str(tmp_path / "disk" / "mongo")) as server:
        durable = durable_at(server.uri)
        durable.mongo.door._timeout_seconds = 5
        durable.start(begun(number=1))
        number = 1
        with filled(tmp_path / "disk"):
            while outbox.count() < 20 and number < 2000:
                number += 1
                durable.start(begun(number=number, title="x" * 20_000))
            assert outbox.count() == 20
        server.stop()
        server.start()
        patient = MongoListenStore(MongoDoor(connect_to(server.uri, PATIENCE_SECONDS), PATIENCE_SECONDS))
        shipping.ship_all(patient)
        assert outbox.count() == 0
        there = [listen.track_id for batch in patient.each(ALICE) for listen in batch]
        patient.door.close()
        assert sorted(there) == list(range(1, number + 1))


def test_a_server_killed_while_shipping_gets_the_rest_later(durable_at, own_server, monkeypatch):
    durable = durable_at(own_server.uri)
    for number in range(1, 41):
        outbox.keep_start(begun(number=number))
    tell = durable.mongo.tell

    def tell_and_kill(user_id, stories):
        refused = tell(user_id, stories)
        own_server.kill()
        return refused

    monkeypatch.setattr(durable.mongo, "tell", tell_and_kill)
    monkeypatch.setattr(shipping, "FIRST_BATCH", 15)
    with pytest.raises(StoreAway):
        shipping.ship_all(durable.mongo)
    assert outbox.count() == 25
    monkeypatch.undo()
    own_server.start()
    wait_until_it_answers(durable)
    assert shipping.ship_all(durable.mongo) == 25
    assert len(durable.history(ALICE, 100)) == 40


def test_two_carriers_at_once_ship_each_event_once(shared_wire_mongo, monkeypatch):
    """Drainers, and pages that carry some of their reader's."""
    for user_id in (ALICE, BOB):
        for number in range(1, 41):
            outbox.keep_start(begun(user_id, user_id * 100 + number))
    tell, delivered = shared_wire_mongo.tell, []

    def noted(user_id, stories):
        delivered.extend(story.event_id for story in stories)
        return tell(user_id, stories)

    monkeypatch.setattr(shared_wire_mongo, "tell", noted)
    monkeypatch.setattr(shipping, "FIRST_BATCH", 5)
    drains = [lambda: shipping.ship_all(shared_wire_mongo)] * 3
    pages = [
        lambda user_id=user_id: shipping.ship_user(shared_wire_mongo, user_id, enough=5) for user_id in (ALICE, BOB)
    ] * 3
    carriers = [threading.Thread(target=carry, args=[call]) for call in (*drains, *pages)]
    for carrier in carriers:
        carrier.start()
    for carrier in carriers:
        carrier.join(30)
    shipping.ship_all(shared_wire_mongo)
    assert outbox.count() == 0
    assert len(delivered) == len(set(delivered)) == 80
    assert len(shared_wire_mongo.history(ALICE, 100)) == len(shared_wire_mongo.history(BOB, 100)) == 40


def carry(call):
    try:
        call()
    finally:
        connections.close_all()
