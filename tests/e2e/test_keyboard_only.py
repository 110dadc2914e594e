"""A whole evening with nothing but the keyboard, and the focus in sight at every step."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, all_is_there

pytestmark = pytest.mark.e2e

# What has the focus, unless one sees it: an outline or ring, on itself or around it, in the window.
UNSEEN = """() => {
    const at = document.activeElement;
    if (at === document.body) return "";
    const { left, right, top, bottom } = at.getBoundingClientRect();
    const isInSight = right > 0 && left < innerWidth && bottom > 0 && top < innerHeight;
    const isMarked = [at, at.parentElement].some((each) => {
        const { outlineStyle, boxShadow } = getComputedStyle(each);
        return outlineStyle !== "none" || boxShadow !== "none" || each.matches("label:has(:focus-visible)");
    });
    const byItself = at.matches("main, [tabindex='-1'], input:not([type=range], [type=checkbox])");
    return isInSight && (isMarked || byItself) ? "" : at.outerHTML.slice(0, 200);
}"""


def go_to(page: Page, selector: str, key: str = "Tab", most: int = 60) -> None:
    for _ in range(most):
        page.keyboard.press(key)
        assert page.evaluate(UNSEEN) == ""
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is not among the next {most} stops")


def test_an_evening_by_keyboard_alone(demo_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    password = (demo_server.folder / "var" / "demo_password").read_text().strip()
    page.route("**/queue/", lambda route: route.abort())  # the next test begins with an empty bar
    page.goto(f"{demo_server.url}/accounts/login/")
    if not page.evaluate("document.activeElement.matches('[name=login]')"):
        go_to(page, "[name=login]")
    page.keyboard.type("demo")
    go_to(page, "[name=password]")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo_server.url}/")

    page.keyboard.press("/")
    expect(page.locator("#top-search")).to_be_focused()
    page.keyboard.type("late shift")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=late+shift")
    rows = page.locator("main [data-track]")
    expect(rows.nth(1)).to_be_visible()
    expect(page.locator("main h1")).to_be_focused()
    artist = page.locator("main a[href*='/artists/']").first
    artist.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/artists/*/")
    expect(page.locator("main h1")).to_be_focused()
    page.go_back()
    expect(artist).to_be_focused()
    page.locator("main h1").focus()
    go_to(page, "main [data-track] [data-play]")
    page.keyboard.press("Enter")
    player = page.locator("#player")
    expect(player).to_have_attribute("data-state", "playing")

    all_is_there(page)
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1).locator("[data-play]")).to_be_focused()
    page.keyboard.press("Home")
    expect(rows.first.locator("[data-play]")).to_be_focused()
    page.keyboard.press("End")
    go_to(page, "[data-track-menu]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Play next")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-player=message]")).to_contain_text("to the queue")
    expect(rows.last.locator("[data-track-menu]")).to_be_focused()

    page.keyboard.press("q")
    expect(page.locator("#queue-title")).to_be_focused()
    listed = page.locator("[data-queue-part=list] [data-queue-title]")
    before = listed.all_text_contents()
    go_to(page, "[data-queue-part=list] [data-queue-action=move]")
    page.keyboard.press("ArrowDown")
    expect(listed).to_have_text([before[1], before[0], *before[2:]])
    go_to(page, "[data-queue-part=list] [data-queue-action=jump]")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("[data-player=title]")).to_have_text(before[1])
    page.keyboard.press("Escape")
    expect(page.locator("#queue")).to_be_hidden()
    expect(page.locator("[data-open-queue]:visible")).to_be_focused()

    page.keyboard.press("f")
    expect(page.locator("[data-player=fold]")).to_be_focused()
    go_to(page, "[data-player=seek]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("f")
    expect(page.locator("[data-player=full]")).to_be_focused()

    page.keyboard.press("Shift+?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Full screen")
    page.keyboard.press("Escape")
    expect(page.locator("[data-player=full]")).to_be_focused()
    go_to(page, "header summary", "Shift+Tab", 120)
    page.keyboard.press("Enter")
    for _ in range(12):
        go_to(page, "header details *")
        if page.evaluate("document.activeElement.textContent.trim()") == "Sign out":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
