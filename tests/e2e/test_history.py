"""Somebody looks back at what they heard, takes some of it out again, and listens for a while without being watched."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Server, sign_up

pytestmark = pytest.mark.e2e

JAZZ, FOLK = "Corner Booth at Two", "The Heron and the Weir"


def play(page: Page, title: str, seconds: float = 1.5) -> None:
    """For a moment, from the track's own page."""
    page.locator("#sidebar").get_by_role("link", name="Browse").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Browse")  # the page before may have the same link
    page.locator("main").get_by_role("link", name=title, exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.locator("main").get_by_role("button", name=f"Play {title} by").click()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.wait_for_timeout(seconds * 1000)
    page.locator("#player").get_by_role("button", name="Pause", exact=True).first.click()
    page.wait_for_timeout(500)


def history(page: Page) -> Locator:
    """The rows of the page, asked for anew."""
    page.locator("#sidebar").get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Listening history")
    page.reload()
    return page.locator("main li[data-track]")


@pytest.fixture
def arrive(demo_server: Server, open_page: Callable[..., Page]) -> Callable[[str], Page]:
    def arrived(username: str) -> Page:
        page = open_page()
        sign_up(page, demo_server.url, username)
        return page

    return arrived


def test_a_listen_and_all_of_them_are_deleted_and_brought_back(arrive: Callable[[str], Page]) -> None:
    page = arrive("hilda")
    play(page, JAZZ)
    play(page, FOLK)
    rows = history(page)
    expect(rows).to_have_count(2)

    menu = rows.filter(has_text=FOLK).get_by_label(f"More for {FOLK}")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    rows.get_by_role("button", name="Delete this listen").locator("visible=true").click()
    notice = page.locator("[data-controller=countdown]")
    expect(notice).to_contain_text("1 listen deleted")
    expect(rows).to_have_count(1)
    first = int(notice.locator("[data-countdown-target=left]").inner_text())
    page.wait_for_timeout(2100)
    assert int(notice.locator("[data-countdown-target=left]").inner_text()) < first
    notice.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 listen is back.")).to_be_visible()
    expect(rows).to_have_count(2)

    page.get_by_role("link", name="Delete all").click()
    page.get_by_label("to delete your whole history").fill("somebody else")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Type your username exactly")
    page.get_by_label("to delete your whole history").fill("hilda")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("2 listens deleted.")).to_be_visible()
    expect(page.get_by_text("Nothing heard yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)


def test_the_history_is_narrowed_down_and_its_address_keeps_it(arrive: Callable[[str], Page]) -> None:
    page = arrive("henry")
    play(page, JAZZ)
    play(page, FOLK)
    rows = history(page)
    rows.filter(has_text=JAZZ).get_by_label(f"More for {JAZZ}").click()
    rows.get_by_role("link", name="Only this artist").locator("visible=true").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(JAZZ)
    page.reload()
    expect(rows).to_have_count(1)
    page.get_by_label("From", exact=True).fill((date.today() + timedelta(days=9)).isoformat())
    expect(page.get_by_text("Nothing fits")).to_be_visible()
    chips = page.get_by_role("link", name="remove this filter")
    chips.last.click()
    expect(chips).to_have_count(1)
    chips.click()
    expect(rows).to_have_count(2)
    expect(page).to_have_url(re.compile(r"/history/$"))


def test_nothing_is_recorded_in_a_private_session(arrive: Callable[[str], Page]) -> None:
    page = arrive("hanna")
    other = page.context.new_page()
    other.goto(page.url)
    play(page, JAZZ)
    rows = history(page)
    expect(rows).to_have_count(1)

    page.get_by_label("Account of").click()
    page.get_by_role("button", name="Start a private session").click()
    badge = page.get_by_role("button", name="Private session")
    expect(badge).to_be_visible()
    play(page, FOLK)
    expect(page.locator("#player .private-note")).to_be_visible()
    expect(badge).to_be_visible()
    waiting = "Object.keys(localStorage).filter((key) => key.startsWith('listen:')).length"
    assert page.evaluate(waiting) == 0
    play(other, FOLK)
    assert other.evaluate(waiting) == 0
    rows = history(page)
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(JAZZ)

    badge.click()
    expect(page.get_by_text("The private session is over.")).to_be_visible()
    expect(badge).to_have_count(0)
    expect(page.locator("#player .private-note")).to_be_hidden()
    play(page, FOLK)
    rows = history(page)
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(FOLK)
