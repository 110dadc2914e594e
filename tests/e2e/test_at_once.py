"""What happens at the same moment, on the real server."""

import http.cookiejar
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from socket import create_connection

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from conftest import MP3, OGG, WAV
from tests.e2e.conftest import PASSWORD, Server

pytestmark = pytest.mark.e2e


class Visitor:
    """Speaks HTTP like a browser: cookies, the token of the form, and no more."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, path: str, **headers: str) -> bytes:
        request = urllib.request.Request(self.server.url + path, headers=headers)
        return self.opener.open(request, timeout=60).read()

    def post(self, path: str, **fields: object) -> int:
        token = re.search(r'name="csrfmiddlewaretoken" value="(.*?)"', self.get(path).decode())
        assert token
        body = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": token[1], **fields})
        headers = {"Content-Type": MULTIPART_CONTENT, "Referer": self.server.url}
        request = urllib.request.Request(self.server.url + path, body, headers)
        try:
            return self.opener.open(request, timeout=120).status
        except urllib.error.HTTPError as error:
            return error.code

    def wait_for_the_check(self) -> None:
        end = time.monotonic() + 120
        while b'data-busy="true"' in self.get("/upload/states/"):
            assert time.monotonic() < end
            time.sleep(0.3)


@pytest.fixture
def anton(empty_server: Server) -> Visitor:
    visitor = Visitor(empty_server)
    fields = {"username": "anton", "email": "anton@example.org", "password1": PASSWORD, "password2": PASSWORD}
    assert visitor.post("/accounts/signup/", **fields) == 200
    return visitor


def test_the_same_files_sent_four_times_at_once_are_stored_once(anton: Visitor, empty_server: Server) -> None:
    def send(_number: int) -> int:
        files = [path.open("rb") for path in (MP3, OGG, WAV)]
        return anton.post("/upload/", file=files)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(send, range(4))) == [200] * 4
    anton.wait_for_the_check()
    assert anton.post("/upload/review/", action="publish_all") == 200
    page = anton.get("/tracks/").decode()
    assert page.count("data-track-id=") == 3
    assert len(list((empty_server.folder / "media" / "tracks").rglob("*.*"))) == 3
    for folder in ("var/uploads", "media/incoming"):
        assert list((empty_server.folder / folder).iterdir()) == []


@contextmanager
def connections(server: Server, number: int, words: bytes) -> Iterator[None]:
    opened = [create_connection(("127.0.0.1", server.port)) for _ in range(number)]
    try:
        for connection in opened:
            connection.sendall(words)
        yield
    finally:
        for connection in opened:
            connection.close()


def test_a_crowd_that_dawdles_stops_nobody(anton: Visitor, empty_server: Server) -> None:
    assert anton.post("/upload/", file=[WAV.open("rb")]) == 200
    anton.wait_for_the_check()
    cookies = next(h.cookiejar for h in anton.opener.handlers if hasattr(h, "cookiejar"))
    cookie = "; ".join(f"{each.name}={each.value}" for each in cookies)
    half_a_request = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
    unread_music = f"GET /stream/1/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()
    with connections(empty_server, 100, half_a_request), connections(empty_server, 100, unread_music):
        assert len(anton.get("/stream/1/")) == WAV.stat().st_size
        assert len(anton.get("/stream/1/", Range="bytes=1000-1999")) == 1000
        assert b"anton" in anton.get("/")
