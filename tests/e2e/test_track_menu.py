"""What one can do with a track, from its dots and by the right button."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, all_is_there, sign_up

pytestmark = pytest.mark.e2e


@pytest.fixture
def signed_up(demo_server: Server, open_page: Callable[..., Page]) -> Callable[..., Page]:
    def opened(username: str, **options: object) -> Page:
        page = open_page(**options)
        sign_up(page, demo_server.url, username, "Jazz")
        return page

    return opened


def test_a_track_is_downloaded_and_its_link_copied(demo_server: Server, signed_up: Callable[..., Page]) -> None:
    page = signed_up("menu", permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{demo_server.url}/tracks/")
    row = page.locator("main [data-track]").first
    play = row.locator("[data-play]")
    title, artist, href = (play.get_attribute(f"data-{name}") for name in ("title", "artist", "href"))
    row.hover()
    row.locator("[data-track-menu]").click()
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem", name="Never this track")).to_be_hidden()
    expect(menu.get_by_role("menuitem", name="Why this?")).to_be_hidden()
    with page.expect_download() as downloading:
        menu.get_by_role("menuitem", name="Download").click()
    download = downloading.value
    assert download.suggested_filename.rpartition(".")[0] == f"{artist} - {title}"
    assert Path(download.path()).stat().st_size > 100_000
    expect(menu).to_be_hidden()

    row.locator("[data-track-menu]").click()
    menu.get_by_role("menuitem", name="Copy link").click()
    expect(page.locator("[data-player=message]")).to_have_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{demo_server.url}{href}"
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    page.evaluate("document.addEventListener('copy', () => { window.copied = getSelection().toString(); })")
    row.locator("[data-track-menu]").click()
    menu.get_by_role("menuitem", name="Copy link").click()
    expect(page.locator("[data-player=message]")).to_have_text("Link copied")


def test_the_right_button_on_a_row_leads_to_its_artist_album_and_playlists(
    demo_server: Server, signed_up: Callable[..., Page]
) -> None:
    page = signed_up("righthand")
    for what, heading in (("Go to album", "Blue Hour Sessions"), ("Go to artist", "The Late Shift Quartet")):
        page.goto(f"{demo_server.url}/genres/jazz/")
        all_is_there(page)
        page.locator("main [data-track]", has_text="Umbrella Weather").first.click(button="right")
        page.get_by_role("menuitem", name=what).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    row = page.locator("main [data-track]", has_text="Umbrella Weather").first
    row.locator("img").click(button="right")
    page.get_by_role("menuitem", name="Add to playlist").click()
    expect(page.get_by_role("dialog", name="Add to playlist")).to_be_visible()


def test_the_right_button_opens_it_wherever_a_track_is_and_leaves_the_browser_its_own(
    demo_server: Server, signed_up: Callable[..., Page]
) -> None:
    page = signed_up("rightclick")
    menu = page.get_by_role("menu")
    all_is_there(page)
    card = page.locator("main [data-offered]").first
    title = str(card.locator("[data-play]").get_attribute("data-title"))
    card.locator("img").click(button="right", force=True)
    expect(menu).to_contain_text(title)
    page.keyboard.press("Escape")
    card.locator("h3 a").click(button="right", modifiers=["Shift"])
    expect(menu).to_be_hidden()

    page.goto(f"{demo_server.url}/genres/jazz/")
    all_is_there(page)
    row = page.locator("main [data-track]", has_text="Umbrella Weather").first
    row.locator(".track-artist a").click(button="right")
    expect(menu).to_be_hidden()
    row.locator(".track-title").evaluate("title => getSelection().selectAllChildren(title)")
    row.locator(".track-title").click(button="right")
    expect(menu).to_be_hidden()
    page.evaluate("getSelection().empty()")
    row.locator(".track-title").click(button="right")
    expect(menu).to_contain_text("Umbrella Weather")
    page.keyboard.press("Escape")

    row.locator("[data-play]").click(force=True)
    page.locator("#player [data-player=title]").click(button="right")
    expect(menu).to_contain_text("Umbrella Weather")
    page.keyboard.press("Escape")
    page.locator("[data-open-queue]:visible").click()
    coming = page.locator("[data-queue-part=list] [data-queue-title]").first
    coming.click(button="right")
    expect(menu).to_contain_text(coming.inner_text())
    expect(menu.get_by_role("menuitem", name="Go to artist")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("[data-open-queue]:visible").click()
    page.locator("[data-player=full]").click()
    page.locator("[data-player=dots]").click()
    menu.get_by_role("menuitem", name="Add to queue").click()
    expect(page.locator("[data-player=message]")).to_be_in_viewport()
    page.locator("[data-player=dots]").click()
    menu.get_by_role("menuitem", name="Go to album").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Blue Hour Sessions")


def test_what_was_heard_last_leads_to_its_album(demo_server: Server, signed_up: Callable[..., Page]) -> None:
    page = signed_up("heardlast")
    page.goto(f"{demo_server.url}/genres/jazz/")
    row = page.locator("main [data-track]", has_text="Umbrella Weather").first
    with page.expect_response(lambda answer: answer.url.endswith("/start/")):
        row.locator("[data-play]").click(force=True)
    page.wait_for_timeout(1000)
    page.goto(demo_server.url)
    all_is_there(page)
    tile = page.locator("section", has=page.get_by_role("heading", name="Recently played")).locator("[data-track]")
    tile.first.click(button="right", position={"x": 10, "y": 10})
    page.get_by_role("menuitem", name="Go to album").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Blue Hour Sessions")


def test_the_sheet_of_the_system_is_offered_where_there_is_one(
    demo_server: Server, signed_up: Callable[..., Page]
) -> None:
    page = signed_up("sharer")
    page.add_init_script("navigator.share = async (what) => { window.shared = what; }")
    page.goto(f"{demo_server.url}/tracks/")
    row = page.locator("main [data-track]").first
    row.locator("[data-track-menu]").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Send…").click()
    href = row.locator("[data-play]").get_attribute("data-href")
    page.wait_for_function("url => window.shared?.url === url", arg=f"{demo_server.url}{href}")


def test_an_offer_says_why_it_is_there_and_is_never_made_again(
    demo_server: Server, signed_up: Callable[..., Page]
) -> None:
    page = signed_up("asker")
    card = page.locator("main [data-offered]").first
    reason = card.locator("[data-reason]").inner_text()
    title = card.locator("[data-play]").get_attribute("data-title")
    card.locator("summary").press("Enter")
    card.locator("[data-track-menu]").press("Enter")
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem", name="Why this?")).to_contain_text(reason)
    page.keyboard.press("Escape")
    expect(card.locator("summary")).to_be_focused()

    card.locator("[data-play]").click(button="right")
    menu.get_by_role("menuitem", name="Never this track").click()
    expect(page.locator("#toasts")).to_contain_text(str(title))
    expect(page.locator(f"main [data-offered] [data-title='{title}']")).to_have_count(0)
    page.goto(f"{demo_server.url}/taste/")
    expect(page.locator("section", has=page.locator("#never"))).to_contain_text(str(title))
