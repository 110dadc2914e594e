"""The weather of the stores, on the real server and with a real MongoDB-wire server behind it."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pymongo
import pytest
import requests

from conftest import WAV
from listening.tests.conftest import need_server
from listening.tests.slow_proxy import slow_proxy
from tests.e2e.conftest import Server, running
from tests.mongo_server import MongoServer
from tests.small_disk import filled, small_disk
from uploads.tests.real_server import Visitor, asked, wait_for


class Listener(Visitor):
    """Alice, who has brought in a track and hears it."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        sound = WAV.read_bytes()
        self.patch(self.begin(len(sound)).headers["Location"], 0, sound)
        wait_for(lambda: asked(server, "SELECT state FROM uploads_upload") == [("review",)])
        form = {"action": "publish_all", "csrfmiddlewaretoken": self.token}
        assert self.session.post(self.at("/upload/review/"), form).status_code == 200
        [(self.track_id, self.duration_ms)] = asked(server, "SELECT id, duration_ms FROM music_track")

    def post(self, path: str, **body: Any) -> requests.Response:
        return requests.post(self.at(path), json=body, headers=self.headers, timeout=60)

    def start(self, event_id: str) -> requests.Response:
        started_at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        return self.post("/listens/start/", event_id=event_id, track_id=self.track_id, started_at=started_at)

    def complete(self, event_id: str) -> requests.Response:
        return self.post(f"/listens/{event_id}/complete/", played_ms=self.duration_ms)


@pytest.fixture
def mongo(tmp_path: Path) -> Iterator[MongoServer]:
    need_server()
    server = MongoServer(storage=str(tmp_path / "mongo"))
    yield server
    server.stop()


@pytest.fixture(params=["sql", pytest.param("mongodb", marks=pytest.mark.wire)])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Server, Any]]:
    """A server, and what its store keeps: (event id, completed) of each listen."""
    if request.param == "sql":
        with running(tmp_path) as server:
            yield server, lambda: in_sql(server)
        return
    mongo = request.getfixturevalue("mongo").start()
    with running(tmp_path, MONGODB_URI=mongo.uri) as server:
        yield server, lambda: in_mongodb(mongo)


def in_sql(server: Server) -> list[tuple[str, bool]]:
    rows = asked(server, "SELECT event_id, completed FROM listening_listenrow ORDER BY event_id")
    return [(event_id, bool(completed)) for event_id, completed in rows]


def in_mongodb(mongo: MongoServer) -> list[tuple[str, bool]]:
    with closing(pymongo.MongoClient[dict[str, Any]](mongo.uri)) as client:
        found = client.get_default_database()["listens"].find()
        return sorted((listen["event_id"], listen["completed"]) for listen in found)


def health(server: Server) -> dict[str, Any]:
    return dict(requests.get(f"{server.url}/healthz/", timeout=60).json()["listen_store"])


def all_at_once(calls: list[Any]) -> list[requests.Response]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda call: call(), calls))


def test_twenty_identical_posts_at_once_are_one_listen_and_get_one_answer(kept: tuple[Server, Any]) -> None:
    server, listens = kept
    alice, event_id = Listener(server), str(uuid.uuid4())
    for post in (alice.start, alice.complete):
        answers = all_at_once([lambda post=post: post(event_id)] * 20)
        assert [answer.status_code for answer in answers] == [200] * 20
        assert len({answer.text for answer in answers}) == 1
    assert listens() == [(event_id, True)]


@pytest.mark.wire
def test_a_store_that_is_away_at_start_gets_every_listen_once_when_it_comes(mongo: MongoServer, tmp_path: Path) -> None:
    with running(tmp_path, MONGODB_URI=mongo.uri) as server:
        alice = Listener(server)
        event_ids = sorted(str(uuid.uuid4()) for _ in range(10))
        answers = [post(event_id) for event_id in event_ids for post in (alice.start, alice.complete)]
        assert {answer.status_code for answer in answers} == {200}
        assert all(answer.json()["completed"] for answer in answers[1::2])
        assert (health(server)["state"], health(server)["pending"]) == ("away", 20)
        assert "out of reach" in alice.session.get(alice.at("/history/")).text
        mongo.start()
        wait_for(lambda: health(server) == {"kind": "mongodb", "state": "ok", "pending": 0})
        assert in_mongodb(mongo) == [(event_id, True) for event_id in event_ids]
        wait_for(lambda: alice.session.get(alice.at("/history/")).text.count("finished") >= 10)


@pytest.mark.wire
def test_a_store_behind_a_slow_line_gets_every_listen_while_no_page_waits_for_it(
    mongo: MongoServer, tmp_path: Path
) -> None:
    mongo.start()
    with slow_proxy(mongo.port, delay_seconds=1) as port:
        uri = f"mongodb://127.0.0.1:{port}/music_streamer_test?directConnection=true"
        with running(tmp_path, MONGODB_URI=uri) as server:
            alice, event_id = Listener(server), str(uuid.uuid4())
            assert (alice.start(event_id).status_code, alice.complete(event_id).status_code) == (200, 200)
            assert "out of reach" in alice.session.get(alice.at("/history/")).text
            wait_for(lambda: in_mongodb(mongo) == [(event_id, True)], seconds=120)
            wait_for(lambda: health(server)["pending"] == 0, seconds=120)


def test_a_full_disk_loses_no_listen_and_stops_no_server(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with small_disk(var), running(tmp_path, DATABASE_URL=f"sqlite:///{var / 'db.sqlite3'}") as server:
        alice, event_ids, refused = Listener(server), list[str](), list[str]()
        with filled(var):
            while len(refused) < 5 and len(event_ids) < 2000:
                event_ids.append(str(uuid.uuid4()))
                answer = alice.start(event_ids[-1])
                if answer.status_code != 200:
                    assert answer.status_code == 503
                    assert "Tell it again soon" in answer.json()["error"]
                    refused.append(event_ids[-1])
            assert refused, "the disk was not full"
            assert server.process.poll() is None
            assert alice.session.get(alice.at("/tracks/")).status_code == 200
        for event_id in refused:
            assert alice.start(event_id).status_code == 200
        assert in_sql(server) == [(event_id, False) for event_id in sorted(event_ids)]
        assert alice.complete(refused[0]).json()["completed"] is True
        server.log.write_text("")
