"""Somebody signs up, brings music, listens, and is offered more of it for a stated reason."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from conftest import MP3, OGG, WAV
from tests.e2e.conftest import Server, sign_up, upload

pytestmark = pytest.mark.e2e


def seconds_played(page: Page) -> float:
    minutes, seconds = page.locator("[data-player=time]").inner_text().split(":")
    return int(minutes) * 60 + int(seconds)


def clock_moves_on(page: Page, since: float) -> float:
    """Waits until the player's clock has passed `since`; fails when it stands still."""
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    for _ in range(100):
        if (now := seconds_played(page)) > since:
            return now
        page.wait_for_timeout(50)
    raise AssertionError(f"the clock stands at {since}")


def test_sign_up_upload_play_finish_and_be_offered_more(empty_server: Server, open_page: Callable[..., Page]) -> None:
    server = empty_server
    page = open_page()
    sign_up(page, server.url, "ada", "Jazz")
    expect(page.get_by_role("heading", level=1)).to_contain_text("ada")
    expect(page.locator("#sidebar")).to_contain_text("Jazz")

    upload(page, server.url, MP3, OGG, WAV)
    results = page.locator("#upload-states")
    expect(results).to_contain_text("Corner Booth at Two")
    expect(results).to_contain_text("Umbrella Weather")
    expect(results).to_contain_text("Nocturne in Grey")

    # Else a radio would go on after the first track, with what is to be offered.
    page.goto(f"{server.url}/taste/")
    page.get_by_label("Go on with a radio when a list has ended").uncheck()
    expect(page.locator("#toasts")).to_contain_text("Saved.")
    page.get_by_role("link", name="Home").first.click()
    shelf = page.get_by_role("region", name="Made for you").first
    expect(shelf).to_contain_text("You chose Jazz")

    page.get_by_role("link", name="Corner Booth at Two").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Corner Booth at Two")
    page.locator("main").get_by_role("button", name="Play Corner Booth at Two by The Late Shift Quartet").click()
    at = clock_moves_on(page, 0)

    for go in (
        lambda: page.locator("#sidebar").get_by_role("link", name="Browse").click(),
        lambda: page.go_back(),
        lambda: page.go_forward(),
        lambda: page.locator("#sidebar").get_by_role("link", name="Upload", exact=True).click(),
        lambda: page.locator("#sidebar").get_by_role("link", name="History").click(),
    ):
        go()
        at = clock_moves_on(page, at)
    expect(page.locator("[data-player=title]")).to_have_text("Corner Booth at Two")
    expect(page.get_by_role("heading", level=1)).to_have_text("Listening history")

    has_ended(page, "Corner Booth at Two", 40_000)
    page.wait_for_timeout(500)
    page.reload()
    row = page.locator("main li", has_text="Corner Booth at Two").first
    expect(row).to_contain_text("finished")
    expect(row).to_contain_text(re.compile(r"0:(29|30)\s*/of 0:30"))

    page.locator("#sidebar").get_by_role("link", name="Home").click()
    shelf = page.get_by_role("region", name="Made for you").first
    expect(shelf).to_contain_text("Umbrella Weather")
    expect(shelf).to_contain_text("Because you finished a Jazz track")
    expect(shelf).not_to_contain_text("Corner Booth at Two")


def has_ended(page: Page, title: str, timeout_ms: int) -> None:
    """The music stops there, or a radio goes on with something else."""
    player = page.locator("#player")
    silent, other = page.locator("#player:not([data-state=playing])"), page.locator("[data-player=title]")
    expect(silent.or_(other.filter(has_not_text=title)).first).to_be_visible(timeout=timeout_ms)
    if player.get_attribute("data-state") in {"loading", "playing"}:
        page.locator("[data-player=toggle]").click()
    expect(player).not_to_have_attribute("data-state", re.compile("loading|playing"))


def test_dragging_the_slider_to_the_end_is_no_listen(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_up(page, server.url, "drago")
    upload(page, server.url, OGG)
    page.get_by_role("link", name="Umbrella Weather").click()
    page.locator("main").get_by_role("button", name=re.compile("^Play Umbrella Weather")).click()
    clock_moves_on(page, 1)
    slider = page.get_by_role("slider", name="Position")
    slider.focus()
    slider.press("End")
    has_ended(page, "Umbrella Weather", 10_000)
    page.goto(f"{server.url}/history/")
    row = page.locator("main li", has_text="Umbrella Weather").first
    expect(row).to_contain_text("0:37")
    expect(row).not_to_contain_text("finished")


def test_the_queue_goes_on_with_the_list_one_pressed_play_in(
    demo_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_up(page, demo_server.url, "quinn")
    page.goto(f"{demo_server.url}/albums/1/")
    rows = page.locator("main li[data-track]")
    titles = [rows.nth(number).locator("a").first.inner_text() for number in range(2)]
    page.locator("main").get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("[data-player=title]")).to_have_text(titles[0])
    clock_moves_on(page, 0)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("[data-player=title]")).to_have_text(titles[1])
    expect(rows.nth(1)).to_have_attribute("data-current", re.compile(".*"))
    page.get_by_role("button", name="Previous").click()
    expect(page.locator("[data-player=title]")).to_have_text(titles[0])
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Space")
    expect(page.locator("#player")).to_have_attribute("data-state", "paused")


def test_signing_out_stops_the_music(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_up(page, server.url, "outis")
    page.locator("header summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your music")
    assert page.locator("#player").count() == 0
