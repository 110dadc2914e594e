"""kill -9 of the real server and its worker, at the moments where something is half done."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
import requests

from tests.e2e.conftest import Server
from tests.own_database import own_database
from uploads.tests.real_server import (
    Visitor,
    asked,
    children_of,
    database,
    media,
    noise,
    processes_of,
    sha256,
    told,
    wait_for,
)

STATES = "SELECT state FROM uploads_upload"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with own_database(tmp_path, has_tables=True) as database_url:
        server = Server(tmp_path, database_url).start()
        try:
            yield server
        finally:
            server.stop()


def kill(server: Server) -> None:
    """All of it in one moment, as when the power fails."""
    everybody = [server.process.pid, *processes_of(server.process.pid).values()]
    for pid in everybody:
        os.kill(pid, signal.SIGKILL)
    server.process.wait()


@contextmanager
def sending(alice: Visitor, place: str, offset: int, data: bytes) -> Iterator[None]:
    def send() -> None:
        with pytest.raises(requests.ConnectionError):
            alice.patch(place, offset, data)

    thread = Thread(target=send)
    thread.start()
    yield
    thread.join()


def is_a_draft(server: Server, audio: bytes) -> bool:
    wait_for(lambda: asked(server, STATES) == [("review",)], seconds=120)
    wait_for(lambda: media(server, "incoming") == [])
    [track] = media(server, "tracks")
    return sha256(track.read_bytes()) == sha256(audio)


def test_an_upload_goes_on_where_it_was_when_the_server_was_killed_while_receiving(
    server: Server, tmp_path: Path
) -> None:
    audio = noise(tmp_path / "a.wav", 20).read_bytes()
    alice = Visitor(server)
    place = alice.begin(len(audio)).headers["Location"]
    alice.patch(place, 0, audio[:1_000_000])
    with alice.server_socket() as line:
        line.sendall(alice.request("PATCH", place, audio[1_000_000:])[:500_000])
        kill(server)
    server.start()
    offset = alice.offset(place)
    assert offset == 1_000_000
    assert alice.patch(place, offset, audio[offset:]).status_code == 204
    assert is_a_draft(server, audio)


def test_nothing_that_was_written_is_lost_or_wrong_when_the_server_is_killed_while_writing(
    server: Server, tmp_path: Path
) -> None:
    audio = noise(tmp_path / "a.wav", 600).read_bytes()
    alice = Visitor(server)
    place = alice.begin(len(audio)).headers["Location"]
    with sending(alice, place, 0, audio):
        wait_for(lambda: media(server, "incoming")[0].stat().st_size, pause=0)
        kill(server)
    [file] = media(server, "incoming")
    written = file.read_bytes()
    assert 0 < len(written) < len(audio) and audio.startswith(written)
    server.start()
    assert alice.offset(place) == len(written)
    assert alice.patch(place, len(written), audio[len(written) :]).status_code == 204
    assert is_a_draft(server, audio)


def test_a_file_is_checked_although_the_server_was_killed_between_its_last_byte_and_its_row(
    server: Server, tmp_path: Path
) -> None:
    audio = noise(tmp_path / "a.wav", 5).read_bytes()
    alice = Visitor(server)
    place = alice.begin(len(audio)).headers["Location"]
    with database(server) as connection:
        # Whoever wants to change a row has to wait now.
        connection.execute("UPDATE uploads_upload SET reason = 'held'")
        with sending(alice, place, 0, audio):
            wait_for(lambda: media(server, "incoming")[0].stat().st_size == len(audio))
            kill(server)
        connection.rollback()
    assert asked(server, STATES) == [("receiving",)]
    server.start()
    assert is_a_draft(server, audio)
    assert alice.offset(place) == len(audio)


def test_a_file_is_checked_although_the_server_was_killed_before_anybody_was_asked(
    server: Server, tmp_path: Path
) -> None:
    audio = noise(tmp_path / "a.wav", 5).read_bytes()
    alice = Visitor(server)
    place = alice.begin(len(audio)).headers["Location"]
    alice.patch(place, 0, audio[:-1])
    kill(server)
    with media(server, "incoming")[0].open("ab") as file:
        file.write(audio[-1:])
    told(server, "UPDATE uploads_upload SET state = 'received', state_since = '2026-01-01 00:00:00'")
    server.start()
    assert is_a_draft(server, audio)


def test_a_worker_that_is_killed_in_the_middle_of_a_check_is_replaced_and_the_check_repeated(
    server: Server, tmp_path: Path
) -> None:
    audio = noise(tmp_path / "a.wav", 300).read_bytes()
    alice = Visitor(server)
    worker = processes_of(server.process.pid)["work"]
    place = alice.begin(len(audio)).headers["Location"]
    alice.patch(place, 0, audio)
    wait_for(lambda: children_of(worker), pause=0.005)
    os.kill(worker, signal.SIGKILL)
    tasks = "SELECT status FROM django_tasks_database_dbtaskresult"
    assert asked(server, tasks) == [("RUNNING",)]
    told(server, "UPDATE django_tasks_database_dbtaskresult SET started_at = '2026-01-01 00:00:00'")
    assert is_a_draft(server, audio)
    assert requests.get(alice.at("/healthz/")).json()["tasks"]["state"] == "ok"
    assert processes_of(server.process.pid)["work"] != worker


def test_when_serve_is_killed_its_processes_end_too(server: Server) -> None:
    children = processes_of(server.process.pid)
    assert set(children) == {"web", "work"}
    server.process.kill()
    server.process.wait()
    wait_for(lambda: not any(is_alive(pid) for pid in children.values()))
    server.start()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
