"""Listens in MongoDB, which goes away: what counts in the meantime is sent when it is back, once."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import mongomock_ng
import pytest
from django.test import Client
from django.utils import timezone

from listening import outbox, shipping
from listening.durable import DurableListenStore
from listening.errors import StoreAway
from listening.mongo import MongoListenStore
from listening.mongo_door import MongoDoor
from music.models import Track
from music.tests.catalogue import add_track
from scrobbling import sending
from scrobbling.models import ServiceConnection
from scrobbling.tests.outgoing.cast import LISTENBRAINZ, connected, states
from scrobbling.tests.outgoing.upstream import Upstream

Send = Callable[[], None]


class Switch:
    """MongoDB, with a plug to pull."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.mongo = MongoListenStore(MongoDoor(mongomock_ng.MongoClient, is_connected=lambda _: True))
        self.is_away = False
        asking = self.mongo.door.asking

        @contextmanager
        def unplugged() -> Iterator[Any]:
            if self.is_away:
                raise StoreAway("pulled")
            with asking() as listens:
                yield listens

        monkeypatch.setattr(self.mongo.door, "asking", unplugged)
        self.store = DurableListenStore(self.mongo)


@pytest.fixture
def mongo(db: None, monkeypatch: pytest.MonkeyPatch) -> Switch:
    switch = Switch(monkeypatch)
    for place in ("history.views.listens.listen_store", "listening.private.listen_store"):
        monkeypatch.setattr(place, lambda: switch.store)
    monkeypatch.setattr(sending, "patient_store", lambda: switch.store)
    return switch


@pytest.fixture
def track(alice: Any) -> Track:
    return add_track(alice, "Blue Hour", duration_ms=200_000)


def tell(client: Client, path: str, **body: Any) -> int:
    return client.post(path, json.dumps(body), content_type="application/json").status_code


def start(client: Client, track: Track, event_id: str) -> int:
    began_at = (timezone.now() - timedelta(seconds=150)).isoformat()
    return tell(client, "/listens/start/", event_id=event_id, track_id=track.pk, started_at=began_at)


@pytest.mark.parametrize("goes_away", ["before the start", "after the start", "after it counted"])
def test_what_counted_while_it_was_away_is_sent_once(
    bob: Any, as_bob: Client, track: Track, upstream: Upstream, send: Send, mongo: Switch, goes_away: str
) -> None:
    connection = connected(bob, LISTENBRAINZ, upstream, days=1)
    event_id = str(uuid.uuid4())
    mongo.is_away = goes_away == "before the start"
    start(as_bob, track, event_id)
    mongo.is_away = goes_away in ("before the start", "after the start")
    expected = 202 if goes_away == "after the start" else 200
    assert tell(as_bob, f"/listens/{event_id}/progress/", played_ms=120_000) == expected
    mongo.is_away = True
    tell(as_bob, f"/listens/{event_id}/complete/", played_ms=150_000)
    send()
    send()
    assert upstream.received == []
    mongo.is_away = False
    shipping.ship_all(mongo.mongo)
    for _ in range(3):
        send()
        assert tell(as_bob, f"/listens/{event_id}/complete/", played_ms=150_000) == 200
    assert upstream.titles == ["Blue Hour"]
    assert states(connection) == {"sent": 1}
    connection.refresh_from_db()
    assert connection.look_asked_at is None
    assert (connection.trouble, connection.failures) == ("", 0)


def test_nothing_is_judged_while_reports_wait_to_be_delivered(
    bob: Any,
    as_bob: Client,
    track: Track,
    upstream: Upstream,
    send: Send,
    mongo: Switch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """MongoDB is back and does not know yet what the queue knows: that is no deletion."""
    connection = connected(bob, LISTENBRAINZ, upstream, days=1)
    event_id = str(uuid.uuid4())
    mongo.is_away = True
    start(as_bob, track, event_id)
    tell(as_bob, f"/listens/{event_id}/progress/", played_ms=120_000)
    mongo.is_away = False
    assert outbox.has_pending(bob.pk)
    send()
    assert states(connection) == {"waiting": 1}
    assert upstream.received == []
    shipping.ship_all(mongo.mongo)
    send()
    assert upstream.titles == ["Blue Hour"]


def test_a_report_that_comes_while_the_store_is_looked_through_is_looked_for_again(
    bob: Any, upstream: Upstream, mongo: Switch, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connected(bob, LISTENBRAINZ, upstream, days=1)
    ServiceConnection.objects.update(look_asked_at=timezone.now() - timedelta(seconds=1))
    each = mongo.store.each

    def asked_again_meanwhile(*told: Any, **more: Any) -> Any:
        ServiceConnection.objects.update(look_asked_at=timezone.now())
        return each(*told, **more)

    monkeypatch.setattr(mongo.store, "each", asked_again_meanwhile)
    send()
    connection.refresh_from_db()
    assert connection.look_asked_at is not None
