import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mongomock_ng
import pytest

from listening.mongo import MongoListenStore
from listening.mongo_door import MongoDoor, connect_to
from listening.sql import SqlListenStore
from listening.store import ListenStore, forget_store
from tests.mongo_server import MongoServer, program
from tests.own_database import connected_to_own_database


def need_server() -> None:
    """Locally a missing server skips; where it counts it is a failure."""
    if program() is None:
        answer = pytest.fail if os.environ.get("CI") else pytest.skip
        answer("no secantusd-py: install requirements-mongo.txt into .venv-mongo, or set TEST_MONGODB_URI")


@pytest.fixture(scope="session")
def wire_uri() -> Iterator[str]:
    if uri := os.environ.get("TEST_MONGODB_URI"):
        yield uri
        return
    need_server()
    with MongoServer() as server:
        yield server.uri


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[MongoServer]:
    """A server that one test may freeze and kill, on a folder that survives it."""
    need_server()
    server = MongoServer(storage=str(tmp_path / "mongo")).start()
    yield server
    server.kill()


def emptied(mongo: MongoListenStore) -> MongoListenStore:
    with mongo.door.asking() as listens:
        listens.delete_many({})
        listens.database["taste"].delete_many({})
    return mongo


@contextmanager
def on_the_wire(uri: str) -> Iterator[MongoListenStore]:
    mongo = emptied(MongoListenStore(MongoDoor(connect_to(uri), timeout_seconds=5)))
    yield mongo
    mongo.door.close()


@pytest.fixture
def wire_mongo(wire_uri: str, db: None) -> Iterator[MongoListenStore]:
    with on_the_wire(wire_uri) as mongo:
        yield mongo


@pytest.fixture
def shared_wire_mongo(wire_uri: str, shared_database: str) -> Iterator[MongoListenStore]:
    """For threads, each with its own connection to the database that is told which days changed."""
    with on_the_wire(wire_uri) as mongo:
        yield mongo


@pytest.fixture
def mock_mongo(db: None) -> MongoListenStore:
    return MongoListenStore(MongoDoor(mongomock_ng.MongoClient, is_connected=lambda _: True))


@pytest.fixture(
    params=[
        pytest.param("sql", id="sql"),
        pytest.param("mock_mongo", id="mongomock"),
        pytest.param("wire_mongo", id="wire", marks=pytest.mark.wire),
    ]
)
def store(request: pytest.FixtureRequest, db: None) -> ListenStore:
    return SqlListenStore() if request.param == "sql" else request.getfixturevalue(request.param)


@pytest.fixture
def shared_database(tmp_path: Path, django_db_setup: None, django_db_blocker) -> Iterator[str]:
    """The URL of a database with real transactions: the one in memory does not let threads write side by side."""
    with django_db_blocker.unblock(), connected_to_own_database(tmp_path, "listening") as url:
        yield url


@pytest.fixture(autouse=True)
def fresh_store() -> Iterator[None]:
    yield
    forget_store()
