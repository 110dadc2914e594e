import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from conftest import MP3, OGG, WAV
from tests.e2e.conftest import Server, refresh_until, send, sign_up, upload

pytestmark = pytest.mark.e2e


def test_everything_but_counting_works_without_javascript(empty_server: Server, open_page: Callable[..., Page]) -> None:
    server = empty_server
    page = open_page(java_script_enabled=False)
    sign_up(page, server.url, "noscript", "Jazz", "Folk")
    upload(page, server.url, MP3, OGG, WAV)

    page.goto(f"{server.url}/tracks/?genre=jazz&sort=title")
    expect(page.locator("main li[data-track] a.block").first).to_have_text("Corner Booth at Two")
    page.get_by_label("Format").select_option("ogg")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(f"{server.url}/tracks/?sort=title&genre=jazz&format=ogg")
    expect(page.locator("main li[data-track]")).to_have_count(1)

    page.get_by_role("link", name="Umbrella Weather").click()
    audio = page.locator("main audio")
    expect(audio).to_be_visible()
    expect(page.locator("#player")).to_be_hidden()
    expect(page.locator("[data-play]").first).to_be_hidden()
    response = page.request.get(server.url + str(audio.get_attribute("src")), headers={"Range": "bytes=0-99"})
    assert (response.status, len(response.body())) == (206, 100)

    page.goto(f"{server.url}/profile/")
    page.get_by_label("Display name").fill("Plain Jane")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()

    page.get_by_role("button", name=re.compile("^Change colours")).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    page.locator("header summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your music")


def test_a_refused_file_says_what_to_do_without_javascript(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    sign_up(page, server.url, "refused")
    fake = {"name": "holiday.mp3", "mimeType": "audio/mpeg", "buffer": b"\x7fELF" + bytes(9000)}
    send(page, server.url, fake)
    refused = page.locator("li[data-state=refused]")
    refresh_until(page, refused)
    expect(refused).to_contain_text("holiday.mp3")
    expect(refused).to_contain_text(re.compile(r"Export it again as MP3"))
