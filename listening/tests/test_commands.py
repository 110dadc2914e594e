import os
import signal
import subprocess
import sys
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from listening import outbox
from listening.models import Heartbeat
from listening.sql import SqlListenStore
from listening.tests.cast import ALICE, BOB, THREE_MINUTES, after, begun, event_id
from tests.mongo_server import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def nowhere(settings):
    settings.MONGODB_URI = f"mongodb://127.0.0.1:{free_port()}/nowhere"


@pytest.fixture
def mongo(settings, wire_uri, wire_mongo):
    settings.MONGODB_URI = wire_uri
    return wire_mongo


def said(command, **options):
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


def test_without_mongodb_there_is_nothing_to_ship(settings):
    settings.MONGODB_URI = ""
    assert "Nothing to ship" in said("ship_listens", watch=True)


def test_shipping_to_a_server_that_is_away_says_what_waits_and_ends_with_3(nowhere, monkeypatch):
    monkeypatch.setattr("listening.management.commands.ship_listens.PATIENCE_SECONDS", 0.3)
    outbox.keep_start(begun())
    with pytest.raises(CommandError, match="1 events wait") as failure:
        said("ship_listens")
    assert failure.value.returncode == 3


@pytest.mark.wire
def test_shipping_empties_the_outbox(mongo):
    outbox.keep_start(begun(ALICE, 1))
    outbox.keep_start(begun(BOB, 2))
    assert "Shipped 2 events; 0 wait." in said("ship_listens")
    assert len(mongo.history(BOB, 5)) == 1


@pytest.mark.wire
def test_the_watcher_ships_beats_and_ends_cleanly_on_sigterm(shared_database, mongo, wire_uri):
    outbox.keep_start(begun())
    environment = {**os.environ, "MONGODB_URI": wire_uri, "DATABASE_URL": shared_database}
    watcher = subprocess.Popen(
        [sys.executable, "manage.py", "ship_listens", "--watch", "--skip-checks"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        give_up_at = time.monotonic() + 20
        while outbox.count() and time.monotonic() < give_up_at:
            time.sleep(0.1)
        watcher.send_signal(signal.SIGTERM)
        output, _ = watcher.communicate(timeout=10)
    finally:
        watcher.kill()
    assert watcher.returncode == 0, output
    assert "Stopped." in output
    assert len(mongo.history(ALICE, 5)) == 1
    assert Heartbeat.objects.exists()


def test_copying_without_an_address_ends_with_1(settings):
    settings.MONGODB_URI = ""
    with pytest.raises(CommandError) as failure:
        said("listens_copy")
    assert failure.value.returncode == 1


def test_copying_to_a_server_that_is_away_ends_with_3(nowhere, monkeypatch):
    monkeypatch.setattr("listening.management.commands.listens_copy.PATIENCE_SECONDS", 0.3)
    with pytest.raises(CommandError, match="Run it again") as failure:
        said("listens_copy")
    assert failure.value.returncode == 3


@pytest.mark.wire
def test_a_dry_run_counts_and_writes_nothing(mongo):
    SqlListenStore().start(begun())
    assert "Would copy 1 listens" in said("listens_copy", dry_run=True)
    assert mongo.history(ALICE, 5) == []


@pytest.mark.wire
def test_copying_moves_everything_and_copying_again_changes_nothing(mongo, monkeypatch):
    monkeypatch.setattr("listening.management.commands.listens_copy.BATCH", 2)
    sql = SqlListenStore()
    for number in range(1, 6):
        sql.start(begun(number=number))
    sql.complete(ALICE, event_id(3), THREE_MINUTES, after(180))
    assert "Copied 5 listens; 5 were new" in said("listens_copy")
    assert mongo.history(ALICE, 9) == sql.history(ALICE, 9)
    assert "Copied 5 listens; 0 were new" in said("listens_copy")


@pytest.mark.wire
def test_copying_leaves_nothing_for_the_first_page_to_build(mongo, monkeypatch):
    SqlListenStore().start(begun())
    SqlListenStore().complete(ALICE, event_id(1), THREE_MINUTES, after(180))
    said("listens_copy")
    monkeypatch.setattr("listening.taste.build", lambda *_: pytest.fail("it was not built"))
    assert mongo.heard_tracks(ALICE).track_ids == {1}


@pytest.mark.wire
def test_copying_takes_nothing_back_from_a_listen_that_went_on_in_mongodb(mongo):
    SqlListenStore().start(begun())
    mongo.start(begun())
    mongo.complete(ALICE, event_id(1), THREE_MINUTES, after(180))
    said("listens_copy")
    assert mongo.history(ALICE, 1)[0].completed
