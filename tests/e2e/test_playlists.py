"""A playlist from the first track to the music."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, all_is_there, sign_up

pytestmark = pytest.mark.e2e


def titles(page: Page) -> list[str]:
    return page.locator("main [data-item] .track-title").all_text_contents()


def test_a_playlist_is_made_filled_arranged_and_played(demo_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_up(page, demo_server.url, "arranger", "Jazz")
    page.goto(f"{demo_server.url}/tracks/")
    row = page.locator("main [data-track]", has_not_text="Blue Hour Sessions").first
    first = row.locator("[data-play]").get_attribute("data-title")
    row.hover()
    row.locator("[data-track-menu]").click()
    page.get_by_role("menuitem", name="Add to playlist").click()
    dialog = page.get_by_role("dialog", name="Add to playlist")
    dialog.get_by_label("New playlist").fill("Slow evening")
    dialog.get_by_role("button", name="Make and add").click()
    expect(page.locator("#toasts")).to_contain_text("Added 1 track to “Slow evening”.")
    expect(dialog).to_have_count(0)

    page.goto(f"{demo_server.url}/albums/")
    all_is_there(page)
    page.get_by_role("link", name="Blue Hour Sessions").click()
    page.locator("main summary", has_text="More").click()
    page.get_by_role("link", name="Add to playlist").click()
    dialog.get_by_role("button", name="Slow evening").click()
    expect(page.locator("#toasts")).to_contain_text("Added 2 tracks")

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Playlists").click()
    page.get_by_role("link", name="Slow evening").click()
    expect(page.locator("main [data-item]")).to_have_count(3)
    expect(page.get_by_role("heading", level=1)).to_be_focused()  # where the keyboard is on a new page
    before = titles(page)
    assert before[0] == first
    page.get_by_role("button", name=f"Move {first}: up and down keys").focus()
    with page.expect_response("**/items/move/") as told:
        page.keyboard.press("ArrowDown")
    assert told.value.ok
    with page.expect_response("**/items/move/") as told:
        page.keyboard.press("Alt+ArrowDown")
    assert told.value.ok
    arranged = [*before[1:], first]
    assert titles(page) == arranged
    page.reload()
    assert titles(page) == arranged

    handle = page.get_by_role("button", name=f"Move {first}: up and down keys")
    with page.expect_response("**/items/move/") as told:
        handle.drag_to(page.locator("main [data-item]").first, target_position={"x": 10, "y": 2})
    assert told.value.ok
    assert titles(page) == before

    page.get_by_role("button", name=f"Remove {before[1]} from the playlist").click()
    expect(page.locator("main [data-item]")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("main [data-item]")).to_have_count(3)
    assert titles(page) == before

    page.get_by_role("button", name="Play", exact=True).first.click()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    expect(page.locator("#player")).to_contain_text(str(first))

    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(page.locator("main [data-item] .track-title")).to_have_text(before)
    cell = page.locator("main [data-item] > :nth-child(2)").first.bounding_box()
    assert cell
    assert cell["width"] > 240, "cover and title have most of a row on a phone"
