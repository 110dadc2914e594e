"""What `check --deploy` says about MongoDB. Nothing it prints names who signs in."""

from contextlib import contextmanager

import pytest

from listening import checks
from listening.checks import check_mongodb
from listening.mongo_door import MongoDoor, connect_to
from listening.mongo_indexes import IndexState, wanted
from listening.mongo_uri import BadUri, read
from tests.mongo_server import free_port

GOOD = "mongodb://anna:s3cret@a.example,b.example,c.example/music?replicaSet=rs0&tls=true"


@pytest.fixture
def server(monkeypatch):
    """Answers as if it were of this kind and had these indexes."""

    def answers(kind=checks.REPLICA_SET, key=(), state=None):
        monkeypatch.setattr(checks, "_looked", lambda _door: (kind, list(key), state or IndexState()))

    answers()
    return answers


def found(settings, uri):
    settings.MONGODB_URI = uri
    messages = check_mongodb(None)
    for message in messages:
        assert "s3cret" not in f"{message.msg}{message.hint}"
        assert "anna" not in f"{message.msg}{message.hint}"
    return [message.id.removeprefix("listening.") for message in messages]


def test_without_mongodb_there_is_nothing_to_say(settings):
    assert found(settings, "") == []


def test_a_replica_set_with_tls_is_in_order(settings, server):
    assert found(settings, GOOD) == []
    assert found(settings, "mongodb+srv://anna:s3cret@cluster.example/music?srvMaxHosts=3&retryWrites=true") == []


def test_no_replica_set_is_told(settings, server):
    assert found(settings, "mongodb://127.0.0.1/music") == ["W001"]
    server(kind=checks.ALONE)
    assert found(settings, GOOD) == ["W001"]
    server(kind=checks.CLUSTER)
    assert found(settings, GOOD.replace("replicaSet=rs0&", "")) == []


@pytest.mark.parametrize("option", ["w=1", "w=0", "journal=false", "readPreference=secondary", "w=2&journal=true"])
def test_an_address_that_would_lower_what_is_safe_is_told(settings, server, option):
    assert found(settings, f"{GOOD}&{option}") == ["W002"]


@pytest.mark.parametrize("option", ["w=majority", "journal=true", "readPreference=primary"])
def test_to_say_what_is_done_anyway_is_in_order(settings, server, option):
    assert found(settings, f"{GOOD}&{option}") == []


def test_whatever_the_address_says_writes_are_of_the_majority():
    with connect_to("mongodb://127.0.0.1:1/x?w=1&journal=false&readPreference=secondary")() as client:
        assert client.write_concern.document == {"w": "majority", "j": True}
        assert client.read_preference.name == "Primary"


def test_another_machine_without_tls_is_told(settings, server):
    assert found(settings, GOOD.replace("&tls=true", "")) == ["W003"]
    assert found(settings, GOOD.replace("tls=true", "tls=false")) == ["W003"]
    assert found(settings, "mongodb+srv://anna:s3cret@cluster.example/music?tls=false") == ["W003"]
    assert found(settings, f"{GOOD}&tlsAllowInvalidCertificates=true") == ["W003"]
    assert found(settings, f"{GOOD}&tlsInsecure=true") == ["W003"]


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]:27018", "localhost", "%2Frun%2Fmongodb.sock"])
def test_this_machine_needs_no_tls(settings, server, host):
    assert found(settings, f"mongodb://{host}/music?replicaSet=rs0") == []


def test_missing_and_different_indexes_are_told(settings, server):
    server(state=IndexState(missing=[wanted(False)[0]], different=["history"]))
    assert found(settings, GOOD) == ["W005"]
    assert "one_listen_per_event, history" in check_mongodb(None)[0].msg


def test_a_cluster_sharded_by_something_else_is_told(settings, server):
    server(kind=checks.CLUSTER, key=["event_id"])
    assert found(settings, GOOD) == ["W006"]
    server(kind=checks.CLUSTER, key=["user_id", "_id"])
    assert found(settings, GOOD) == []


def test_a_server_that_is_away_is_told(settings, monkeypatch):
    monkeypatch.setattr(checks, "SECONDS", 0.3)
    assert found(settings, f"mongodb://anna:s3cret@127.0.0.1:{free_port()}/music?replicaSet=rs0") == ["W004"]


@pytest.mark.parametrize("uri", ["mongodb://anna:s3/cret@host/music", "mongodb://anna:s3@cret@host/x", "mongodb://"])
def test_an_address_that_cannot_be_read_is_an_error_that_quotes_nothing(settings, uri):
    assert found(settings, uri) == ["E001"]
    with pytest.raises(BadUri) as failure:
        read(uri)
    assert str(failure.value) == ""


@pytest.mark.wire
def test_a_real_server_is_asked_and_not_changed(settings, wire_uri):
    settings.MONGODB_URI = wire_uri.replace("music_streamer_test", "checks_test") + "?replicaSet=secantus"
    with MongoDoor(connect_to(settings.MONGODB_URI), 20, is_to_index=False).asking() as listens:
        listens.drop()
        assert [message.id for message in check_mongodb(None)] == ["listening.W005"]
        assert listens.index_information() == {}
    with MongoDoor(connect_to(settings.MONGODB_URI), 20).asking():
        assert check_mongodb(None) == []


class Router:
    """As much of a sharded cluster as is asked."""

    def __init__(self, key):
        self.key = key

    @contextmanager
    def asking(self):
        yield self

    @property
    def database(self):
        return self

    client = database
    full_name = "music.listens"

    @property
    def topology_description(self):
        return type("Topology", (), {"topology_type_name": "Sharded"})

    def __getitem__(self, _name):
        return self

    def command(self, _name):
        return {"msg": "isdbgrid"}

    def find_one(self, asked):
        assert asked == {"_id": "music.listens"}
        return self.key and {"key": self.key}

    def index_information(self):
        return {index.document["name"]: {**index.document, "key": list(index.document["key"].items())}
                for index in wanted(True)}  # fmt: skip


@pytest.mark.parametrize("key", [{"user_id": 1, "_id": 1}, {"user_id": "hashed"}, None])
def test_a_router_is_known_by_its_hello(key):
    assert checks._looked(Router(key)) == (checks.CLUSTER, list(key or ()), IndexState(right=[
        index.document["name"] for index in wanted(True)
    ]))  # fmt: skip
