"""Somebody types into the box at the top, from any page."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, sign_in_as_demo

pytestmark = pytest.mark.e2e


@pytest.fixture
def page(demo_server: Server, open_page: Callable[..., Page]) -> Page:
    page = open_page()
    sign_in_as_demo(page, demo_server)
    return page


def test_suggestions_are_walked_through_with_the_keyboard(page: Page) -> None:
    page.keyboard.press("/")
    box, options = page.get_by_role("combobox", name="Search"), page.get_by_role("option")
    expect(box).to_be_focused()
    page.keyboard.type("copper antlrs")
    expect(page.get_by_role("listbox")).to_contain_text("Showing results for copper antlers")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("copper antlrs")
    page.keyboard.type(" ")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Copper Antlers")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Noa")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.locator("#top-search").fill("umbrella")
    expect(options.filter(has_text="Umbrella Weather").first).to_be_visible()


def test_enter_shows_all_results_and_the_music_plays_on(page: Page) -> None:
    page.locator("main [data-play]").first.click()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.locator("#top-search").fill("umbrela")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Showing results for “umbrella”")
    expect(page.locator("main li[data-track]")).to_have_count(1)
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")


def test_only_the_latest_query_is_shown(page: Page) -> None:
    page.route("**/search/suggestions/?q=cop", lambda route: page.wait_for_timeout(600) or route.continue_())
    page.locator("#top-search").fill("cop")
    page.wait_for_timeout(200)
    page.locator("#top-search").fill("umbrella")
    expect(page.get_by_role("listbox")).to_contain_text("Umbrella Weather")
    page.wait_for_timeout(800)
    expect(page.get_by_role("listbox")).to_contain_text("Umbrella Weather")


def test_without_javascript_the_box_is_a_form(demo_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    sign_in_as_demo(page, demo_server)
    page.locator("#top-search").fill("umbrella")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “umbrella”")
    expect(page.locator("main li[data-track]")).to_have_count(1)
