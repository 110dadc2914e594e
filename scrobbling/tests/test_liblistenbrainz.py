"""PyPI's liblistenbrainz, as it is, against the real server."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from liblistenbrainz import Listen, ListenBrainz
from liblistenbrainz.errors import InvalidAuthTokenException, ListenBrainzAPIException

from scrobbling.limits import PER_TOKEN, WINDOW_SECONDS
from tests.e2e.conftest import Server, running
from uploads.tests.real_server import Visitor

pytestmark = pytest.mark.e2e
MBID = "8f3471b5-7e6a-48da-86a9-c1c07a0f47ae"


class Player:
    """Somebody who signed up, made a token on the page, and uses the library with it."""

    def __init__(self, server: Server, username: str) -> None:
        self.visitor, self.username = Visitor(server, username), username
        self.server = server
        self.token = self.made("Phone")
        self.client = ListenBrainz(server.url)
        self.client.set_auth_token(self.token)

    def made(self, name: str) -> str:
        form = {"name": name, "csrfmiddlewaretoken": self.visitor.token}
        page = self.visitor.session.post(self.visitor.at("/settings/devices/"), form)
        assert page.status_code == 201
        [text] = re.findall(r'<input id="token" value="([0-9a-f-]{36})"', page.text)
        return str(text)

    def revoke(self) -> None:
        page = self.visitor.session.get(self.visitor.at("/settings/devices/")).text
        [path] = re.findall(r'action="(/settings/devices/\d+/revoke/)"', page)
        self.visitor.session.post(self.visitor.at(path), {"csrfmiddlewaretoken": self.visitor.token})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("players")) as server:
        yield server


@pytest.fixture(scope="module")
def player(server: Server) -> Player:
    return Player(server, "lydia")


@pytest.fixture
def new_window() -> None:
    """None of the requests before are counted any more."""
    time.sleep(WINDOW_SECONDS - time.time() % WINDOW_SECONDS + 0.1)


def song(number: int, **more: Any) -> Listen:
    began = int(time.time()) - 9000 + number * 200
    return Listen(track_name=f"Song {number}", artist_name="The Quartet", **{"listened_at": began, **more})


def test_a_token_is_valid_until_it_is_revoked(server: Server) -> None:
    player = Player(server, "livia")
    player.client.submit_single_listen(song(1))
    player.revoke()
    with pytest.raises(InvalidAuthTokenException):
        ListenBrainz(server.url).set_auth_token(player.token)
    for call in (
        lambda: player.client.submit_single_listen(song(2)),
        lambda: player.client.get_listens("livia"),
    ):
        with pytest.raises(ListenBrainzAPIException) as refused:
            call()
        assert refused.value.status_code == 401
        assert refused.value.message == "This token is not valid, or it was revoked."


def test_what_is_submitted_is_read_again(player: Player) -> None:
    client = player.client
    one = song(
        1,
        release_name="Night",
        recording_mbid=MBID,
        artist_mbids=[MBID],
        tags=["jazz"],
        tracknumber=3,
        isrc="USAT20001234",
        listening_from="A Player",
        additional_info={"duration_ms": 180_000},
    )
    assert client.submit_single_listen(one) == {"status": "ok"}
    assert client.submit_single_listen(one) == {"status": "ok"}
    several = [song(number) for number in range(2, 41)]
    assert client.submit_multiple_listens(several) == {"status": "ok"}
    assert client.get_user_listen_count(player.username) == 40
    assert [listen.track_name for listen in client.get_listens(player.username, count=2)] == ["Song 40", "Song 39"]
    assert len(client.get_listens(player.username)) == 25
    [read] = client.get_listens(player.username, max_ts=one.listened_at + 1)
    assert (read.track_name, read.artist_name, read.release_name) == ("Song 1", "The Quartet", "Night")
    assert (read.listened_at, read.recording_mbid, read.isrc) == (one.listened_at, MBID, "USAT20001234")
    assert read.additional_info["duration_ms"] == 180_000
    assert [listen.track_name for listen in client.get_listens(player.username, min_ts=several[-2].listened_at)] == [
        "Song 40"
    ]


def test_what_plays_now(player: Player) -> None:
    assert player.client.get_playing_now(player.username) is None
    playing = Listen(track_name="Blue Hour", artist_name="The Quartet", additional_info={"duration": 200})
    assert player.client.submit_playing_now(playing) == {"status": "ok"}
    read = player.client.get_playing_now(player.username)
    assert read is not None
    assert (read.track_name, read.artist_name, read.listened_at) == ("Blue Hour", "The Quartet", None)


def test_a_refusal_comes_with_its_reason(player: Player) -> None:
    with pytest.raises(ListenBrainzAPIException) as refused:
        player.client.submit_single_listen(song(1, listened_at=1))
    assert refused.value.status_code == 400
    assert "listened_at is too low" in str(refused.value.message)
    with pytest.raises(ListenBrainzAPIException) as unknown:
        player.client.get_listens("nobody")
    assert unknown.value.status_code == 404
    stranger = ListenBrainz(player.server.url)
    with pytest.raises(ListenBrainzAPIException) as hidden:
        stranger.get_listens(player.username)
    assert hidden.value.status_code == 404


def test_whoever_asks_too_often_waits_and_nothing_is_refused(player: Player, new_window: None) -> None:
    began = time.monotonic()
    for _ in range(PER_TOKEN + 5):
        player.client.get_user_listen_count(player.username)
    assert player.client.remaining_requests is not None
    assert player.client.remaining_requests < PER_TOKEN
    assert time.monotonic() - began < 25


def test_a_client_that_does_not_wait_gets_429_and_how_long_to_wait(player: Player, new_window: None) -> None:
    address, header = f"{player.server.url}/1/validate-token", {"Authorization": f"Token {player.token}"}
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: requests.get(address, headers=header, timeout=10), range(PER_TOKEN + 20)))
    over = [answer for answer in answers if answer.status_code == 429]
    assert over
    assert {answer.status_code for answer in answers} == {200, 429}
    assert over[0].json()["code"] == 429
    assert over[0].headers["X-RateLimit-Remaining"] == "0"
    assert 0 < int(over[0].headers["X-RateLimit-Reset-In"]) <= 10


def test_twenty_identical_posts_to_the_server_at_once_are_one_listen(player: Player, new_window: None) -> None:
    before = player.client.get_user_listen_count(player.username)
    told = song(50)

    def post(_number: int) -> Any:
        client = ListenBrainz(player.server.url)
        client.set_auth_token(player.token, check_validity=False)
        return client.submit_single_listen(told)

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(post, range(20))) == [{"status": "ok"}] * 20
    assert player.client.get_user_listen_count(player.username) == before + 1
