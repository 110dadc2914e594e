"""HTTP/1.1 over one kept-open socket, with no library's own work in the time."""

import socket
import time
from dataclasses import dataclass

BLOCK_BYTES = 256 * 1024


@dataclass(frozen=True)
class Fetched:
    status: int
    first_byte_seconds: float
    seconds: float
    body_bytes: int


class Connection:
    """Asks one address again and again."""

    def __init__(self, port: int, path: str = "/", cookie: str = "") -> None:
        self.head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n" + (f"Cookie: {cookie}\r\n" if cookie else "")
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.block = memoryview(bytearray(BLOCK_BYTES))

    def fetch(self, span: str = "") -> Fetched:
        """The whole file, or a span of it, "0-65535"."""
        request = f"{self.head}Range: bytes={span}\r\n\r\n" if span else f"{self.head}\r\n"
        return self.ask(request.encode())

    def ask(self, request: bytes) -> Fetched:
        """Raises ConnectionError when the answer breaks off.

        `first_byte_seconds` is the wait for the first byte of the body.
        """
        began = time.perf_counter()
        self.socket.sendall(request)
        status, length, received = self._head_and_first_bytes()
        first = time.perf_counter()
        while received < length:
            received += self._receive(self.block)
        return Fetched(status, first - began, time.perf_counter() - began, received)

    def _head_and_first_bytes(self) -> tuple[int, int, int]:
        """The status, the body's length and how much of it has come with the head: one byte at least."""
        filled = 0
        while True:
            filled += self._receive(self.block[filled:])
            head, end, body = bytes(self.block[:filled]).partition(b"\r\n\r\n")
            if end and body:
                return int(head.split(b" ", 2)[1]), _length(head), len(body)

    def _receive(self, into: memoryview) -> int:
        if count := self.socket.recv_into(into):
            return count
        raise ConnectionError("The answer broke off.")


def _length(head: bytes) -> int:
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    return int(fields[b"content-length"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
