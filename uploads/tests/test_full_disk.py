"""A disk of 16 MB, and the real server in front of it."""

import html
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import MP3
from tests.e2e.conftest import Server, running
from tests.small_disk import small_disk
from uploads.tests.real_server import Visitor, asked, media, noise, wait_for

SENTENCE = "There is no room left on the server."
STATES = "SELECT state FROM uploads_upload"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with small_disk(tmp_path / "media"), running(tmp_path) as server:
        yield server


@pytest.fixture
def alice(server: Server) -> Visitor:
    return Visitor(server)


def fill(server: Server, left_bytes: int) -> Path:
    ballast = server.folder / "media" / "ballast"
    ballast.write_bytes(bytes(16 * 1024**2 - left_bytes))
    return ballast


def lives_on(server: Server, alice: Visitor, file: Path) -> bool:
    place = alice.begin(file.stat().st_size).headers["Location"]
    assert alice.patch(place, 0, file.read_bytes()).status_code == 204
    return bool(wait_for(lambda: asked(server, STATES) == [("review",)]))


def test_a_file_larger_than_the_room_is_refused_before_its_first_byte(server: Server, alice: Visitor) -> None:
    answer = alice.begin(20 * 1024**2)
    assert answer.status_code == 507
    assert SENTENCE in answer.json()["error"]
    assert asked(server, STATES) == [] and media(server, "incoming") == []


def test_a_disk_that_fills_up_under_a_chunk_leaves_nothing_behind(
    server: Server, alice: Visitor, tmp_path: Path
) -> None:
    place = alice.begin(8 * 1024**2).headers["Location"]
    ballast = fill(server, left_bytes=2 * 1024**2)
    answer = alice.patch(place, 0, bytes(8 * 1024**2))
    assert answer.status_code == 507
    assert SENTENCE in answer.json()["error"]
    assert asked(server, STATES) == [] and media(server, "incoming") == []
    ballast.unlink()
    assert lives_on(server, alice, noise(tmp_path / "a.wav", 5))


def test_a_form_says_that_there_is_no_room(server: Server, alice: Visitor, tmp_path: Path) -> None:
    small, large = noise(tmp_path / "small.wav", 5), noise(tmp_path / "large.wav", 60)
    fill(server, left_bytes=8 * 1024**2)
    with small.open("rb") as first, large.open("rb") as second:
        files = [("file", ("small.wav", first)), ("file", ("large.wav", second))]
        form = {"csrfmiddlewaretoken": alice.token, "visibility": "private"}
        answer = alice.session.post(alice.at("/upload/"), form, files=files)
    assert answer.status_code == 422
    assert f"large.wav: {SENTENCE}" in html.unescape(answer.text)
    wait_for(lambda: asked(server, STATES) == [("review",)])
    assert media(server, "incoming") == []


def test_a_worker_without_room_for_a_picture_says_so_and_lives_on(server: Server, alice: Visitor) -> None:
    audio = MP3.read_bytes()
    place = alice.begin(len(audio), "a.mp3").headers["Location"]
    alice.patch(place, 0, audio[:-1])
    ballast = fill(server, left_bytes=len(audio) + 8192)
    alice.patch(place, len(audio) - 1, audio[-1:])
    wait_for(lambda: asked(server, STATES) == [("refused",)])
    [(reason,)] = asked(server, "SELECT reason FROM uploads_upload")
    assert SENTENCE in reason
    wait_for(lambda: media(server, ".") == [ballast])
    assert alice.session.get(alice.at("/healthz/")).json()["tasks"]["state"] == "ok"
    assert "No space left on device" in server.log.read_text()
    server.log.write_text("")


@pytest.fixture
def cramped(tmp_path: Path) -> Iterator[Server]:
    """Room for the music, but not for the requests that bring it."""
    with small_disk(tmp_path / "var" / "uploads"), running(tmp_path) as server:
        yield server


def test_a_chunk_that_cannot_even_be_received_is_answered(cramped: Server) -> None:
    alice = Visitor(cramped)
    place = alice.begin(40 * 1024**2).headers["Location"]
    answer = alice.patch(place, 0, bytes(40 * 1024**2))
    assert answer.status_code == 507
    assert SENTENCE in answer.text
    assert alice.patch(place, 0, bytes(8 * 1024**2)).status_code == 204


@pytest.mark.parametrize(("seconds", "status"), [(200, 507), (60, 422), (20, 200)])
def test_a_form_that_cannot_even_be_received_is_answered(
    cramped: Server, tmp_path: Path, seconds: int, status: int
) -> None:
    """At 60 seconds of sound there is room for the request, but not for the file that is taken out of it."""
    alice = Visitor(cramped)
    file = noise(tmp_path / "a.wav", seconds)
    form = {"csrfmiddlewaretoken": alice.token, "visibility": "private"}
    answer = alice.session.post(alice.at("/upload/"), form, files={"file": file.open("rb")})
    assert answer.status_code == status
    assert (SENTENCE in html.unescape(answer.text)) == (status != 200)
    assert list((cramped.folder / "var" / "uploads").iterdir()) == []
