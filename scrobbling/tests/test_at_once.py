"""The same told twenty times in the same moment, on every store, and a store that is away."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from conftest import make_user
from listening import outbox, shipping, store
from listening.durable import DurableListenStore
from listening.errors import StoreAway
from listening.mongo import MongoListenStore
from listening.sql import SqlListenStore
from listening.store import ListenStore
from listening.tests.conftest import mock_mongo, on_the_wire, wire_uri  # noqa: F401
from music import joining
from music.models import Track
from music.tests.catalogue import add_track
from scrobbling import reading, receiving
from scrobbling.models import PlayingNow
from scrobbling.tests.devices import Device, listen, now, playing
from tests.own_database import connected_to_own_database


@pytest.fixture
def shared_database(tmp_path: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Of real transactions, which threads see of each other."""
    with django_db_blocker.unblock(), connected_to_own_database(tmp_path):
        yield


@pytest.fixture(params=[pytest.param("sql"), pytest.param("wire", marks=pytest.mark.wire)])
def each_store(
    request: pytest.FixtureRequest, shared_database: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ListenStore]:
    if request.param == "sql":
        yield SqlListenStore()
        return
    with on_the_wire(request.getfixturevalue("wire_uri")) as mongo:
        durable = DurableListenStore(mongo)
        for module in (receiving, reading):
            monkeypatch.setattr(module, "listen_store", lambda: durable)
        yield durable


def closing_connections(call: Callable[[], int]) -> int:
    try:
        return call()
    finally:
        connections.close_all()


def all_at_once(device: Device, document: dict[str, Any]) -> list[int]:
    def told(_number: int) -> int:
        return closing_connections(lambda: int(device.post(document).status_code))

    with ThreadPoolExecutor(20) as threads:
        return list(threads.map(told, range(20)))


def test_twenty_identical_posts_at_once_are_one_listen(each_store: ListenStore) -> None:
    bob = make_user("bob")
    add_track(bob, "Blue Hour", artist="The Quartet")
    phone = Device(bob)
    one = listen(at=now() - 500)
    assert set(all_at_once(phone, {"listen_type": "single", "payload": [one]})) == {200}
    several = [one, *[listen(f"Song {number}", at=now() - 5000 - number) for number in range(5)]]
    assert set(all_at_once(phone, {"listen_type": "import", "payload": several})) == {200}
    assert len({heard.event_id for heard in each_store.history(bob.pk, 100)}) == each_store.count(bob.pk)
    assert sorted(heard.title for heard in each_store.history(bob.pk, 100)) == [
        "Blue Hour",
        *[f"Song {number}" for number in range(5)],
    ]
    assert phone.read("user/bob/listen-count") == {"count": 6}


def test_twenty_at_once_leave_one_thing_that_plays(each_store: ListenStore) -> None:
    phone = Device(make_user("bob"))
    assert set(all_at_once(phone, {"listen_type": "playing_now", "payload": [playing()]})) == {200}
    assert PlayingNow.objects.count() == 1


def test_a_token_is_revoked_while_its_device_tells_what_plays(
    shared_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The revocation finds nothing that plays, and waits; then there is something."""
    bob = make_user("bob")
    phone, page = Device(bob), Client()
    page.force_login(bob)
    written, revoking = Event(), Event()
    write = PlayingNow.objects.update_or_create

    def revoked_meanwhile(**named: Any) -> Any:
        made = write(**named)
        written.set()
        revoking.wait(60)
        time.sleep(2)
        return made

    monkeypatch.setattr(PlayingNow.objects, "update_or_create", revoked_meanwhile)

    def revoked() -> int:
        written.wait(60)
        revoking.set()
        return closing_connections(lambda: page.post(f"/settings/devices/{phone.token.pk}/revoke/").status_code)

    with ThreadPoolExecutor(2) as threads:
        told = threads.submit(closing_connections, lambda: phone.submit(playing(), kind="playing_now").status_code)
        assert threads.submit(revoked).result() == 302
        assert told.result() == 200
    assert not PlayingNow.objects.exists()
    assert phone.get("user/bob/playing-now").status_code == 401


class Away:
    """MongoDB that may be switched off."""

    def __init__(self, mongo: MongoListenStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.mongo, self.is_away = mongo, False
        asking = mongo.door.asking

        def asked() -> Any:
            if self.is_away:
                raise StoreAway
            return asking()

        monkeypatch.setattr(mongo.door, "asking", asked)


@pytest.fixture
def away(mock_mongo: MongoListenStore, monkeypatch: pytest.MonkeyPatch) -> Away:  # noqa: F811
    durable = DurableListenStore(mock_mongo)
    monkeypatch.setattr(store, "listen_store", lambda: durable)
    for module in (receiving, reading):
        monkeypatch.setattr(module, "listen_store", lambda: durable)
    return Away(mock_mongo, monkeypatch)


@pytest.mark.parametrize("many", [1, 250])
def test_no_listen_that_was_acknowledged_is_lost_while_mongodb_is_away(away: Away, bob: Any, many: int) -> None:
    phone = Device(bob)
    told = [listen(f"Song {number}", at=now() - 9000 - number, duration_ms=100_000) for number in range(many)]
    away.is_away = True
    for _ in range(2):
        assert phone.submit(*told, kind="import").json() == {"status": "ok"}
    unread = phone.get("user/bob/listens")
    assert (unread.status_code, unread.json()["code"]) == (503, 503)
    assert outbox.count() == 2 * many
    away.is_away = False
    shipping.ship_all(away.mongo)
    heard = away.mongo.history(bob.pk, 1000)
    assert len(heard) == many
    assert {(each.origin, each.played_ms, each.completed) for each in heard} == {(phone.token.origin, 100_000, True)}
    assert phone.read("user/bob/listen-count") == {"count": many}
    assert away.mongo.heard_tracks(bob.pk).track_ids == {each.track_id for each in heard}


def test_mongodb_that_goes_away_in_the_middle_keeps_what_came_and_gets_the_rest(
    away: Away, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = MongoListenStore.record

    def recorded_once(mongo: MongoListenStore, listens: Any) -> None:
        record(mongo, listens)
        away.is_away = True

    monkeypatch.setattr(MongoListenStore, "record", recorded_once)
    told = [listen(f"Song {number}", at=now() - 9000 - number) for number in range(150)]
    assert Device(bob).post(json.dumps({"listen_type": "import", "payload": told}).encode()).status_code == 200
    away.is_away = False
    assert (away.mongo.count(bob.pk), outbox.count()) == (100, 50)
    shipping.ship_all(away.mongo)
    assert away.mongo.count(bob.pk) == 150


def test_a_track_published_while_mongodb_is_away_gets_the_listen_that_waited(
    away: Away, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "listen_store", receiving.listen_store)
    match = receiving.match

    def published_just_after(*arguments: Any) -> Any:
        found = match(*arguments)
        add_track(bob, "Blue Hour", artist="The Quartet", state_since=timezone.now())
        return found

    monkeypatch.setattr(receiving, "match", published_just_after)
    away.is_away = True
    Device(bob).submit(listen("Blue Hour", "The Quartet"))
    away.is_away = False
    shipping.ship_all(away.mongo)
    [task] = DBTaskResult.objects.filter(task_path="music.joining.join_listens")
    joining.join_listens.call(*task.args_kwargs["args"])
    assert [heard.track_id for heard in away.mongo.history(bob.pk, 5)] == [Track.objects.get().pk]
