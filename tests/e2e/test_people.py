"""One listener finds another, asks to follow them, is let in, and sees what they share."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, sign_up

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("has_scripts", [True, False])
def test_somebody_is_found_followed_and_heard_of(
    server: Server, open_page: Callable[..., Page], has_scripts: bool
) -> None:
    names = ("ada", "ben") if has_scripts else ("cleo", "dan")
    ada, ben = open_page(), open_page(viewport={"width": 390, "height": 844}, java_script_enabled=has_scripts)
    for page, name in zip((ada, ben), names, strict=True):
        sign_up(page, server.url, name)
    ada.goto(f"{server.url}/profile/")
    ada.get_by_label("About you").fill("<b>Flea markets</b> and rain")
    ada.get_by_role("button", name="Save").first.click()
    expect(ada.get_by_text("Your profile is saved.")).to_be_visible()
    ada.get_by_label("Tell when I publish music").check()
    ada.locator("#people").get_by_role("button", name="Save").click()
    expect(ada.get_by_text("Saved.")).to_be_visible()

    ben.goto(f"{server.url}/people/?name={names[0]}")
    ben.locator("main").get_by_role("link", name=names[0]).click()
    expect(ben.get_by_text("<b>Flea markets</b> and rain")).to_be_visible()
    ben.get_by_role("button", name="Ask to follow").click()
    expect(ben.get_by_role("button", name="Asked: take it back")).to_be_visible()

    ada.goto(f"{server.url}/notifications/")
    ada.get_by_role("button", name="Let them follow you").click()
    expect(ada.get_by_text(f"{names[1]} follows you now.")).to_be_visible()
    ada.get_by_role("button", name="Mark all as read").click()
    expect(ada.get_by_text("that you have not read")).to_have_count(0)

    ben.goto(f"{server.url}/notifications/")
    expect(ben.locator("main")).to_contain_text(f"{names[0]} lets you follow them.")
    ben.goto(f"{server.url}/people/{names[0]}/")
    ben.locator("main summary").click()
    ben.get_by_role("button", name="Mute").click()
    expect(ben.locator("body")).to_contain_text("You are told nothing of")
    ben.locator("main summary").click()
    expect(ben.get_by_role("button", name="Unmute")).to_be_visible()
