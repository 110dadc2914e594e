"""Who builds an index: the application on a small server, the operator on a large one."""

import logging
from io import StringIO

import pymongo
import pytest
from django.core.management import CommandError, call_command

from listening import mongo_door
from listening.mongo import MongoListenStore
from listening.mongo_door import MongoDoor, connect_to
from listening.mongo_indexes import INDEXES, look, name_of
from listening.tests.cast import ALICE, begun
from tests.mongo_server import MongoServer, free_port

pytestmark = pytest.mark.wire


@pytest.fixture
def server(wire_uri, settings):
    """A database on it that nobody has opened the door to."""
    settings.MONGODB_URI = wire_uri.replace("music_streamer_test", "indexes_test")
    with pymongo.MongoClient(settings.MONGODB_URI) as client:
        client.drop_database("indexes_test")
        yield client.get_default_database().listens


def ensure(*arguments):
    out = StringIO()
    try:
        call_command("ensure_indexes", *arguments, stdout=out, stderr=StringIO())
    except CommandError as error:
        return error.returncode, out.getvalue(), str(error)
    return 0, out.getvalue(), ""


def names(listens):
    return set(listens.index_information()) - {"_id_"}


def test_a_new_server_is_indexed_by_who_opens_the_door(server, settings, db):
    MongoListenStore(MongoDoor(connect_to(settings.MONGODB_URI), 20)).start(begun())
    assert names(server) == {"one_listen_per_event", *map(name_of, INDEXES)}


def test_a_server_with_many_listens_is_left_to_the_operator(server, settings, db, monkeypatch, caplog):
    monkeypatch.setattr(mongo_door, "FEW_LISTENS", 1)
    server.insert_many([{"_id": "8:a", "user_id": 8, "event_id": "a"}, {"_id": "8:b", "user_id": 8, "event_id": "b"}])
    store = MongoListenStore(MongoDoor(connect_to(settings.MONGODB_URI), 20))
    with caplog.at_level(logging.WARNING):
        store.start(begun())
        store.history(ALICE, 5)
    assert names(server) == set()
    assert [record.getMessage() for record in caplog.records if "ensure_indexes" in record.getMessage()] == [
        "MongoDB lacks indexes (one_listen_per_event, " + ", ".join(map(name_of, INDEXES)) + "); "
        "run `manage.py ensure_indexes`."
    ]
    assert store.history(ALICE, 5) == [begun()]


def test_the_command_builds_what_is_missing_and_then_finds_all(server):
    server.create_index([("user_id", 1), ("heard", 1), ("track_id", 1)], name="heard")
    code, said, _ = ensure()
    assert code == 0
    assert "there      heard" in said
    assert "built      history" in said
    assert "built      heard" not in said
    code, said, _ = ensure()
    assert code == 0
    assert "missing" not in said
    assert said.count("there ") == len(INDEXES) + 1


def test_a_dry_run_builds_nothing_and_ends_with_1(server):
    code, said, _ = ensure("--dry-run")
    assert code == 1
    assert "missing    popular" in said
    assert names(server) == set()
    ensure()
    assert ensure("--dry-run")[0] == 0


def test_what_is_different_or_unknown_is_told_and_stays(server):
    server.create_index([("user_id", 1)], name="history")
    server.create_index([("title", 1)], name="by_hand")
    code, said, _ = ensure()
    assert code == 1
    assert "different  history: drop it" in said
    assert "unknown    by_hand: nothing here needs it" in said
    assert {"history", "by_hand", "popular"} <= names(server)
    assert server.index_information()["history"]["key"] == [("user_id", 1)]


@pytest.mark.parametrize(
    "other",
    [
        {"keys": [("event_id", 1)], "name": "one_listen_per_event"},
        {"keys": [("track_id", 1)], "name": "unmatched"},
        {"keys": [("track_id", 1)], "name": "unmatched", "partialFilterExpression": {"track_id": {"$lt": 5}}},
        {"keys": [("user_id", 1), ("started_at", 1), ("event_id", -1)], "name": "history"},
    ],
    ids=["not unique", "not partial", "other part", "other direction"],
)
def test_every_way_to_be_different_is_seen(server, other):
    server.create_index(**other)
    assert look(server).different == [other["name"]]


def test_a_cluster_gets_no_unique_index_that_would_forbid_to_shard(server, monkeypatch):
    monkeypatch.setattr("listening.mongo_indexes.is_sharded", lambda _: True)
    ensure()
    assert "event" in names(server)
    assert "one_listen_per_event" not in names(server)
    assert not any(index.get("unique") for index in server.index_information().values())


def test_without_an_address_it_ends_with_2(settings):
    settings.MONGODB_URI = ""
    assert ensure()[0] == 2


def test_a_server_that_is_away_ends_with_3(settings, monkeypatch):
    monkeypatch.setattr("listening.management.commands.ensure_indexes.FIRST_WORD_SECONDS", 0.3)
    settings.MONGODB_URI = f"mongodb://127.0.0.1:{free_port()}/nowhere"
    code, _, words = ensure()
    assert code == 3
    assert "run it again" in words


def test_the_server_of_the_tests_takes_a_write_of_the_majority(own_server: MongoServer):
    with connect_to(own_server.uri)() as client:
        assert client.write_concern.document == {"w": "majority", "j": True}
        client.get_default_database().listens.insert_one({"_id": 1})
