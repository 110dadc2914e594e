"""Audio that goes from the disk to the network, to readers of every kind, over the server's own sockets."""

import errno
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from waitress.server import TcpWSGIServer

from music.streaming import FileSlice
from music_streamer.web import Channel

SIZE = 12_000_000  # more than any socket holds
HEAD_ENDS = b"\r\n\r\n"


class Server(TcpWSGIServer):
    channel_class = Channel


@pytest.fixture
def track(tmp_path: Path) -> Path:
    file = tmp_path / "track.wav"
    file.write_bytes(bytes(range(251)) * (SIZE // 251 + 1))
    with file.open("r+b") as whole:
        whole.truncate(SIZE)
    return file


@pytest.fixture
def opened() -> list[FileSlice]:
    return []


@pytest.fixture
def ask(track: Path, opened: list[FileSlice]) -> Iterator[Callable[[int, int], socket.socket]]:
    """A connection on which a part of the track, from its first byte on so many, has been asked for."""

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        first, length = map(int, environ["QUERY_STRING"].split("-"))
        opened.append(FileSlice(track.open("rb"), first, length))
        start_response("200 OK", [("Content-Length", str(length))])
        return environ["wsgi.file_wrapper"](opened[-1])

    connections: dict[int, Any] = {}
    server = Server(application, map=connections, host="127.0.0.1", port=0, threads=1)
    thread = threading.Thread(target=server.run)
    thread.start()
    asked: list[socket.socket] = []

    def ask(first: int, length: int) -> socket.socket:
        here = socket.create_connection(("127.0.0.1", server.effective_port), timeout=20)
        here.sendall(f"GET /?{first}-{length} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        asked.append(here)
        return here

    def close() -> None:
        server.close()
        for channel in list(connections.values()):
            channel.close()

    yield ask
    for each in asked:
        each.close()
    server.trigger.pull_trigger(close)  # in the loop itself, which would stumble over a descriptor that has gone
    thread.join(20)
    server.task_dispatcher.shutdown()


def body(here: socket.socket, length: int, *, pause: float = 0) -> bytes:
    """So many bytes, or what came before the connection ended."""
    received = bytearray()
    while HEAD_ENDS not in received or len(received) - received.index(HEAD_ENDS) - 4 < length:
        if not (block := here.recv(1 << 19)):
            break
        received += block
        time.sleep(pause)
    return bytes(received.partition(HEAD_ENDS)[2])


@pytest.mark.parametrize(("first", "length"), [(0, SIZE), (0, 1), (SIZE - 1, 1), (1_234_567, 7_654_321), (5, 65_536)])
@pytest.mark.parametrize("pause", [0, 0.02])
def test_every_byte_of_a_part_arrives_and_no_other(
    file_system: None, track: Path, ask: Callable[[int, int], socket.socket], first: int, length: int, pause: float
) -> None:
    here = ask(first, length)
    assert body(here, length, pause=pause) == track.read_bytes()[first : first + length]
    here.settimeout(0.2)
    with pytest.raises(TimeoutError):
        here.recv(1)


@pytest.fixture(params=["sendfile", "a file system without it"])
def file_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> int:
        raise OSError(errno.EINVAL, "refused")

    if request.param != "sendfile":
        monkeypatch.setattr("os.sendfile", refuse)


def test_a_file_that_became_shorter_ends_the_connection_and_nobody_elses(
    file_system: None, track: Path, ask: Callable[[int, int], socket.socket]
) -> None:
    here = ask(0, SIZE)
    here.recv(1, socket.MSG_PEEK)
    with track.open("r+b") as file:
        file.truncate(SIZE - 1000)
    assert len(body(here, SIZE)) < SIZE
    assert len(body(ask(0, 1000), 1000)) == 1000


def test_the_file_of_somebody_who_left_is_closed(
    ask: Callable[[int, int], socket.socket], opened: list[FileSlice]
) -> None:
    here = ask(0, SIZE)
    here.recv(1)
    here.close()
    end = time.monotonic() + 20
    while not opened[0].file.closed and time.monotonic() < end:
        time.sleep(0.01)
    assert opened[0].file.closed
