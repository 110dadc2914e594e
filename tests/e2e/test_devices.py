"""Somebody lets the player of their phone tell what it plays, and takes the right to away again."""

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, sign_up
from tests.e2e.test_accessibility import violations

pytestmark = pytest.mark.e2e


def scrobble(server: Server, token: str, title: str) -> None:
    told = {"listened_at": int(time.time()) - 300, "track_metadata": {"track_name": title, "artist_name": "Somebody"}}
    document = json.dumps({"listen_type": "single", "payload": [told]}).encode()
    asked = urllib.request.Request(f"{server.url}/1/submit-listens", document, {"Authorization": f"Token {token}"})
    assert json.loads(urllib.request.urlopen(asked, timeout=20).read()) == {"status": "ok"}


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["with JavaScript", "without"])
def test_a_device_is_added_used_and_revoked(
    server: Server, open_page: Callable[..., Page], options: dict[str, Any]
) -> None:
    page = open_page(**options)
    name = "dora" if options else "dario"
    sign_up(page, server.url, name)
    page.goto(f"{server.url}/profile/")
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Devices").click()
    expect(page.get_by_text("None yet. Name one above")).to_be_visible()
    page.get_by_label("What is it called?").fill("Pocket Phone")
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_role("heading", name="The token of “Pocket Phone”")).to_be_visible()
    token = page.get_by_label("Token", exact=True).input_value()
    expect(page.get_by_label("API root URL", exact=True)).to_have_value(server.url)
    scrobble(server, token, "On the Way")

    page.locator("#sidebar").get_by_role("link", name="History").click()
    expect(page.get_by_text("On the Way")).to_be_visible()
    expect(page.get_by_text("from Pocket Phone").locator("visible=true")).to_be_visible()
    if not options:
        page.go_back()
        expect(page.get_by_role("heading", name="Add a device")).to_be_visible()
        expect(page.get_by_label("Token", exact=True)).to_have_count(0)

    page.goto(f"{server.url}/settings/devices/")
    expect(page.get_by_text("last used")).to_be_visible()
    page.get_by_role("button", name=re.compile("Revoke.*Pocket Phone")).click()
    expect(page.get_by_text("“Pocket Phone” can no longer tell what you play.")).to_be_visible()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        scrobble(server, token, "Too Late")


def test_a_token_is_copied_and_the_document_stays(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    sign_up(page, server.url, "dina")
    page.goto(f"{server.url}/settings/devices/")
    page.evaluate("window.isTheSame = true")
    page.get_by_label("What is it called?").fill("Phone")
    page.get_by_role("button", name="Make a token").click()
    token = page.get_by_label("Token", exact=True)
    page.get_by_role("button", name=re.compile("Copy.*Token")).click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == token.input_value()
    assert page.evaluate("window.isTheSame")
    assert violations(page) == []
