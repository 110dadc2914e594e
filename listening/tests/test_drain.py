"""MongoDB is back after an hour: ten thousand listens wait, and eight processes are there to carry them."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from listening import outbox
from listening.listen import Listen
from listening.models import Lease, PendingEvent
from listening.mongo import MongoListenStore
from listening.mongo_door import MongoDoor, connect_to
from listening.tests.cast import NOW, THREE_MINUTES, begun
from tests.mongo_server import MongoServer

pytestmark = pytest.mark.wire

USERS, LISTENS_EACH, PROCESSES = (1, 2, 3, 4), 2500, 8
SHIP = [sys.executable, "manage.py", "ship_listens", "--skip-checks"]


@pytest.fixture
def environment(shared_database: str, own_server: MongoServer) -> dict[str, str]:
    return {**os.environ, "MONGODB_URI": own_server.uri, "DATABASE_URL": shared_database}


@pytest.fixture
def mongo(own_server: MongoServer) -> Iterator[MongoListenStore]:
    store = MongoListenStore(MongoDoor(connect_to(own_server.uri), timeout_seconds=60))
    yield store
    store.door.close()


def keep(listens_each: int) -> list[Listen]:
    """Started and heard to the end while MongoDB was away, everybody's side by side."""
    listens = [
        begun(user_id, number * 10 + user_id, track_id=number, started_at=NOW - timedelta(minutes=number))
        for number in range(1, listens_each + 1)
        for user_id in USERS
    ]
    waiting = []
    for listen in listens:
        shared = {"user_id": listen.user_id, "event_id": listen.event_id, "received_at": NOW + timedelta(hours=1)}
        waiting.append(PendingEvent(kind="start", payload=outbox.packed(listen), **shared))
        waiting.append(PendingEvent(kind="complete", payload={"played_ms": THREE_MINUTES}, **shared))
    PendingEvent.objects.bulk_create(waiting, batch_size=1000)
    return listens


def waiting_ids() -> Iterator[list[int]]:
    for user_id in USERS:
        yield list(outbox.pending_of(user_id).values_list("id", flat=True))


def assert_each_is_there_once(mongo: MongoListenStore, listens: list[Listen]) -> None:
    assert outbox.is_empty()
    there = [listen for user_id in USERS for batch in mongo.each(user_id) for listen in batch]
    assert sorted(listen.event_id for listen in there) == sorted(listen.event_id for listen in listens)
    assert all(listen.completed and listen.played_ms == THREE_MINUTES for listen in there)
    assert mongo.heard_tracks(1).track_ids == {listen.track_id for listen in listens}


def test_eight_processes_carry_ten_thousand_listens_in_order_and_each_event_once(
    mongo: MongoListenStore, environment: dict[str, str]
) -> None:
    listens = keep(LISTENS_EACH)
    everybodys = list(waiting_ids())
    shipped = drains = 0
    while not outbox.is_empty():
        processes = [
            subprocess.Popen(SHIP, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)
        ]
        while any(process.poll() is None for process in processes):
            for before, left in zip(everybodys, waiting_ids(), strict=True):
                assert left == before[len(before) - len(left) :], "what waits is always the end of what waited"
            time.sleep(0.2)
        said = [process.communicate()[0] for process in processes]
        assert [process.returncode for process in processes] == [0] * PROCESSES, said
        went = [int(number) for text in said for number in re.findall(r"Shipped (\d+) events", text)]
        drains, shipped = drains + 1, shipped + sum(went)
        assert drains < 10
    assert shipped == 2 * len(listens)
    assert_each_is_there_once(mongo, listens)


def test_a_drainer_killed_in_the_middle_is_followed_by_another_and_nothing_is_lost_or_doubled(
    mongo: MongoListenStore, environment: dict[str, str]
) -> None:
    listens = keep(200)
    drainer = subprocess.Popen([*SHIP, "--watch"], env=environment, stdout=subprocess.DEVNULL)
    follower = None
    try:
        wait_until(lambda: outbox.count() < 2 * len(listens))
        drainer.send_signal(signal.SIGKILL)
        drainer.wait()
        assert not outbox.is_empty()
        follower = subprocess.Popen([*SHIP, "--watch"], env=environment, stdout=subprocess.DEVNULL)
        Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))  # half a minute later
        wait_until(outbox.is_empty)
        follower.terminate()
        assert follower.wait(60) == 0
    finally:
        for process in (drainer, follower):
            if process:
                process.kill()
    assert_each_is_there_once(mongo, listens)


def wait_until(condition: Callable[[], bool], seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
