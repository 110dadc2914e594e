import os
from datetime import timedelta

import pytest
from django.utils import timezone

from listening import heartbeat, outbox
from listening.durable import DurableListenStore
from listening.models import Heartbeat
from listening.sql import SqlListenStore
from listening.store import forget_store, listen_store, store_state, worker_state
from listening.tests.cast import begun
from tests.mongo_server import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def nowhere(settings):
    settings.MONGODB_URI = f"mongodb://127.0.0.1:{free_port()}/nowhere"
    forget_store()


def test_without_an_address_listens_stay_in_the_applications_database(settings):
    settings.MONGODB_URI = ""
    assert isinstance(listen_store(), SqlListenStore)
    assert listen_store() is listen_store()
    assert store_state() == {"kind": "sql", "state": "ok", "pending": 0}
    assert worker_state() == {"state": "not needed"}


def test_with_an_address_they_go_to_mongodb_and_health_tells_what_waits(nowhere):
    assert isinstance(listen_store(), DurableListenStore)
    outbox.keep_start(begun())
    assert store_state() == {"kind": "mongodb", "state": "away", "pending": 1}


@pytest.mark.wire
def test_a_server_that_answers_is_ok(settings, wire_uri):
    settings.MONGODB_URI = wire_uri
    assert store_state() == {"kind": "mongodb", "state": "ok", "pending": 0}
    listen_store().mongo.door.close()


def test_the_worker_is_away_until_its_heart_beats_and_again_when_it_stops(nowhere):
    assert worker_state() == {"state": "away", "seconds_since_heartbeat": None}
    heartbeat.beat()
    assert worker_state()["state"] == "ok"
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(minutes=1))
    assert worker_state()["state"] == "away"
    assert worker_state()["seconds_since_heartbeat"] == pytest.approx(60, abs=5)


def test_a_forked_worker_makes_a_client_of_its_own(mock_mongo, monkeypatch):
    with mock_mongo.door.asking() as before:
        pass
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with mock_mongo.door.asking() as after:
        assert after.database.client is not before.database.client
