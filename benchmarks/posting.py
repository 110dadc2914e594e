"""Several clients that post to a server at once: a process and a kept-open connection each, requests made before."""

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Any

from benchmarks.cost import cpu_seconds_so_far
from benchmarks.wire import Connection

_barrier: Barrier


@dataclass
class Spent:
    """On so many requests, by the clock, by the server and by the clients.

    `put_off`: how many were kept in the outbox, because MongoDB took longer than a report may wait.
    """

    requests: int = 0
    put_off: int = 0
    seconds: float = 0
    server_cpu_seconds: float = 0
    clients_cpu_seconds: float = 0

    def add(self, other: "Spent") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


class Clients:
    def __init__(self, pool: Any, port: int, server_pid: int) -> None:
        self.pool, self.port, self.server_pid = pool, port, server_pid

    def post(self, requests: Sequence[Sequence[bytes]]) -> Spent:
        """Each client its own, one after another; answers are 200, or 202 for what is put off, or AssertionError."""
        cpu_before = cpu_seconds_so_far(self.server_pid)
        took = self.pool.starmap(_post_all, [(self.port, each) for each in requests], chunksize=1)
        return Spent(
            requests=sum(map(len, requests)),
            put_off=sum(put_off for *_times, put_off in took),
            seconds=max(ended for _began, ended, *_rest in took) - min(began for began, *_rest in took),
            server_cpu_seconds=cpu_seconds_so_far(self.server_pid) - cpu_before,
            clients_cpu_seconds=sum(cpu for _began, _ended, cpu, _put_off in took),
        )


@contextmanager
def clients(count: int, port: int, server_pid: int) -> Iterator[Clients]:
    own = multiprocessing.get_context("spawn")
    with own.Pool(count, _know, [own.Barrier(count)]) as pool:
        yield Clients(pool, port, server_pid)


def post_request(port: int, path: str, body: bytes, session: str) -> bytes:
    """As the player's fetch sends it."""
    token = "a" * 32
    head = (
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Cookie: sessionid_{port}={session}; csrftoken={token}",
        f"X-CSRFToken: {token}",
        f"Origin: http://127.0.0.1:{port}",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Content-Type: application/json",
        "Accept: application/json",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join([*head, "", ""]).encode() + body


def _know(barrier: Barrier) -> None:
    global _barrier
    _barrier = barrier


def _post_all(port: int, requests: list[bytes]) -> tuple[float, float, float, int]:
    """When it began and ended by the clock that all processes share, the processor time, and how many were put off."""
    connection = Connection(port)
    _barrier.wait()
    began, cpu_began = time.monotonic(), time.process_time()
    statuses = [connection.ask(request).status for request in requests]
    took = began, time.monotonic(), time.process_time() - cpu_began
    connection.socket.close()
    assert {*statuses} <= {200, 202}, {*statuses}
    return *took, statuses.count(202)
