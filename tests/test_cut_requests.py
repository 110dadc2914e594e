"""What the server does with a request whose sender is gone before it was complete, or before it was looked at."""

import socket
from types import SimpleNamespace
from typing import Any

import pytest
from waitress.adjustments import Adjustments

from music_streamer.cut_requests import KeepingChannel


def channel_to(here: socket.socket, application: Any, tasks: list[Any]) -> KeepingChannel:
    adjustments = Adjustments(ident="")
    waitress = SimpleNamespace(
        adj=adjustments,
        application=application,
        add_task=tasks.append,
        active_channels={},
        effective_port=80,
        server_name="here",
    )
    return KeepingChannel(waitress, here, ("127.0.0.1", 1), adjustments, map={})


@pytest.mark.parametrize(
    ("request_line", "headers", "body", "heard"),
    [
        ("PATCH /", "", b"0123456789", b"0123456789"),
        ("PATCH /", "", b"0123456", b"0123456"),
        ("PATCH /", "Upload-Checksum: sha1 abc\r\n", b"0123456789", b"0123456789"),
        ("PATCH /", "Upload-Checksum: sha1 abc\r\n", b"0123456", None),
        ("PATCH /", "", b"", None),
        ("POST /", "", b"0123456789", None),
        ("POST /", "", b"0123456", None),
    ],
)
def test_of_a_request_whose_sender_has_left_only_a_chunk_is_heard(
    request_line: str, headers: str, body: bytes, heard: bytes | None
) -> None:
    here, _there = socket.socketpair()
    bodies, tasks = [], []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        bodies.append(environ["wsgi.input"].read())
        assert int(environ["CONTENT_LENGTH"]) == len(bodies[0])
        start_response("204 No Content", [])
        return []

    channel = channel_to(here, application, tasks)
    common = "Host: here\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 10\r\n"
    channel.received(f"{request_line} HTTP/1.1\r\n{common}{headers}\r\n".encode() + body)
    channel.handle_close()
    for task in tasks:
        task.service()
    assert bodies == ([] if heard is None else [heard])


@pytest.mark.parametrize("beginning", [b"", b"PATCH", b"PATCH / HTTP/1.1\r\nHost: he"])
def test_a_sender_who_leaves_within_the_headers_is_let_go(beginning: bytes) -> None:
    here, _there = socket.socketpair()
    tasks: list[Any] = []
    channel = channel_to(here, None, tasks)
    channel.received(beginning)
    channel.handle_close()
    assert tasks == [] and not channel.connected
