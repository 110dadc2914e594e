"""The server of the listens is killed in mid-play and comes back: nothing is lost, nothing is doubled."""

import json
import math
import os
import struct
import time
import urllib.request
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, running, sign_up, upload
from tests.mongo_server import MongoServer, program

pytestmark = [pytest.mark.e2e, pytest.mark.wire]
SECONDS = 6


@pytest.fixture
def mongo(tmp_path: Path) -> Iterator[MongoServer]:
    if program() is None and not os.environ.get("CI"):
        pytest.skip("secantusd-py is not installed: `make test` installs it")
    server = MongoServer(storage=str(tmp_path / "mongo")).start()
    yield server
    server.stop()


WITHOUT_RADIO = (
    "from discovery.models import TasteSettings; TasteSettings.objects.create(user_id=%d, is_radio_after_queue=False)"
)


def tone(path: Path, hertz: int) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        samples = (int(8000 * math.sin(math.tau * hertz * n / 8000)) for n in range(SECONDS * 8000))
        out.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return path


def health(server: Server) -> dict[str, Any]:
    return json.loads(urllib.request.urlopen(f"{server.url}/healthz/", timeout=10).read())


def play_to_the_end(page: Page, title: str, after_a_while: Callable[[], None] = lambda: None) -> None:
    """From the track's own page, so that nothing follows it."""
    page.get_by_role("link", name="Browse").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Browse")
    page.locator("main").get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.locator("main").get_by_role("button", name=f"Play {title} by").click()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.wait_for_timeout(1500)
    after_a_while()
    expect(page.locator("[data-player=title]")).to_have_text(title)
    expect(page.locator("#player")).not_to_have_attribute("data-state", "playing", timeout=SECONDS * 3000)
    page.wait_for_timeout(500)


def kept_listens(mongo: MongoServer, user_id: int) -> list[dict[str, Any]]:
    with pymongo.MongoClient[dict[str, Any]](mongo.uri) as client:
        database = client.get_default_database()
        return [row for name in database.list_collection_names() for row in database[name].find({"user_id": user_id})]


def test_a_killed_store_loses_and_doubles_nothing(
    mongo: MongoServer, tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    with running(tmp_path, MONGODB_URI=mongo.uri) as server:
        page = open_page()
        sign_up(page, server.url, "mona")
        upload(page, server.url, *[tone(tmp_path / f"{name}.wav", 200 + 60 * n) for n, name in enumerate("ABC")])
        user_id = int(str(page.locator("meta[name=user-id]").get_attribute("content")))
        server.manage("shell", "-c", WITHOUT_RADIO % user_id)

        play_to_the_end(page, "A")
        assert health(server)["listen_store"] == {"kind": "mongodb", "state": "ok", "pending": 0}

        def the_store_dies() -> None:
            mongo.kill()
            page.get_by_role("link", name="History").first.click()
            expect(page.get_by_text("Your history is out of reach for a moment")).to_be_visible()
            expect(page.locator("#player")).to_have_attribute("data-state", "playing")

        play_to_the_end(page, "B", the_store_dies)
        page.get_by_role("link", name="Home").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("mona")
        play_to_the_end(page, "C")
        state = health(server)["listen_store"]
        assert (state["state"], state["pending"] > 0) == ("away", True)

        mongo.start()
        end = time.monotonic() + 60
        while health(server)["listen_store"] != {"kind": "mongodb", "state": "ok", "pending": 0}:
            assert time.monotonic() < end, health(server)
            time.sleep(0.5)
        assert health(server)["worker"]["state"] == "ok"

        listens = kept_listens(mongo, user_id)
        assert sorted((listen["title"], listen["completed"]) for listen in listens) == [
            ("A", True),
            ("B", True),
            ("C", True),
        ]
        page.goto(f"{server.url}/history/")
        expect(page.get_by_text("finished", exact=True)).to_have_count(3)
        said = page.get_by_text("You have heard everything here")
        end = time.monotonic() + 30  # the server may still believe for some seconds that the store is away
        while not said.is_visible():
            assert time.monotonic() < end
            page.goto(server.url)
            page.wait_for_timeout(500)
