"""Somebody who uploads to the real server, and a look at what it keeps."""

import base64
import hashlib
import math
import socket
import sqlite3
import struct
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urljoin, urlsplit

import psycopg
import requests
from tusclient.client import TusClient

from tests.e2e.conftest import Server

PASSWORD = "gentle-rain-42"
RESUMABLE = {"Tus-Resumable": "1.0.0"}


class Visitor:
    """Signed up and signed in, with the headers that any tus client can be given."""

    def __init__(self, server: Server, username: str = "alice") -> None:
        self.server = server
        self.session = requests.Session()
        form = {"username": username, "email": f"{username}@example.org", "password1": PASSWORD, "password2": PASSWORD}
        self.session.get(self.at("/accounts/signup/"))
        self.session.post(self.at("/accounts/signup/"), {**form, "csrfmiddlewaretoken": self.token})
        assert any(cookie.name.startswith("sessionid") for cookie in self.session.cookies)

    @property
    def token(self) -> str:
        return str(self.session.cookies["csrftoken"])

    @property
    def headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.session.cookies)
        return {"Cookie": cookies, "X-CSRFToken": self.token}

    def at(self, path: str, port: int | None = None) -> str:
        return urljoin(f"http://127.0.0.1:{port or self.server.port}", path)

    def tus(self, port: int | None = None) -> TusClient:
        return TusClient(self.at("/upload/tus/", port), headers=self.headers)

    def begin(self, size_bytes: int, filename: str = "a.wav") -> requests.Response:
        named = base64.b64encode(filename.encode()).decode()
        given = {"Upload-Length": str(size_bytes), "Upload-Metadata": f"filename {named}"}
        return requests.post(self.at("/upload/tus/"), headers={**RESUMABLE, **self.headers, **given})

    def patch(self, place: str, offset: int, data: Any, **headers: str) -> requests.Response:
        given = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream", **headers}
        return requests.patch(self.at(place), data=data, headers={**RESUMABLE, **self.headers, **given})

    def server_socket(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.server.port))

    def request(self, method: str, place: str, body: bytes) -> bytes:
        """A chunk at offset 0 as it goes over the line."""
        given = {
            "Host": f"127.0.0.1:{self.server.port}",
            "Content-Length": str(len(body)),
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": "0",
        }
        lines = [f"{name}: {value}" for name, value in {**RESUMABLE, **self.headers, **given}.items()]
        return "\r\n".join([f"{method} {place} HTTP/1.1", *lines, "", ""]).encode() + body

    def offset(self, place: str) -> int:
        answer = requests.head(self.at(place), headers={**RESUMABLE, **self.headers})
        return int(answer.headers["Upload-Offset"])


def noise(path: Path, seconds: float, seed: int = 1) -> Path:
    """A WAV that no compression and no twin makes short work of: a falling tone in noise; 176 kB a second."""
    random = Random(seed)
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 44100, 0, "NONE", ""))
        hum = b"".join(struct.pack("<hh", *[int(9000 * math.sin(n / 15))] * 2) for n in range(4410))
        for _ in range(round(seconds * 10)):
            file.writeframes(hum[: -64 * 4] + random.randbytes(64 * 4))
    return path


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def media(server: Server, folder: str) -> list[Path]:
    return sorted(path for path in (server.folder / "media" / folder).rglob("*") if path.is_file())


@contextmanager
def database(server: Server) -> Iterator[Any]:
    """A connection to the server's database, of whichever kind it is."""
    url = urlsplit(server.environment["DATABASE_URL"])
    connected = sqlite3.connect(url.path, timeout=20) if url.scheme == "sqlite" else psycopg.connect(url.geturl())
    with closing(connected):
        yield connected


def asked(server: Server, question: str) -> list[tuple[Any, ...]]:
    with database(server) as connection:
        return list(connection.execute(question).fetchall())


def told(server: Server, statement: str) -> None:
    with database(server) as connection:
        connection.execute(statement)
        connection.commit()


def wait_for(condition: Callable[[], Any], seconds: float = 60, pause: float = 0.05) -> Any:
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(pause)
    return found


def processes_of(pid: int) -> dict[str, int]:
    """What a running `serve` has started: "web", "work"."""
    found = {}
    for child in children_of(pid):
        command = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        found[command[-2].rpartition(".")[2]] = child
    return found


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]
