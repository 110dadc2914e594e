"""Somebody looks after what they brought in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, sign_in_as_demo

pytestmark = pytest.mark.e2e


@pytest.fixture
def page(demo_server: Server, open_page: Callable[..., Page]) -> Page:
    page = open_page()
    sign_in_as_demo(page, demo_server)
    page.goto(f"{demo_server.url}/uploads/")
    return page


def test_buttons_wait_until_something_is_ticked(page: Page) -> None:
    to_trash, boxes = page.get_by_role("button", name="Move to trash"), page.locator("input[name=track]")
    expect(to_trash).to_be_disabled()
    boxes.first.check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    expect(to_trash).to_be_enabled()
    page.get_by_label("1 selected").check()
    expect(page.get_by_text("16 selected")).to_be_visible()
    boxes.first.uncheck()
    expect(page.get_by_text("15 selected")).to_be_visible()


def test_what_went_into_the_trash_by_mistake_is_back_with_one_click(page: Page) -> None:
    titles = page.locator("main ol li a[href^='/tracks/']:not([aria-label])")
    expect(titles).to_have_count(16)
    title = titles.first.inner_text()
    page.get_by_label(f"Select {title}").check()
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_text("1 track is in the trash now")).to_be_visible()
    expect(titles).to_have_count(15)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def test_a_second_genre_is_suggested_while_it_is_typed(page: Page, demo_server: Server) -> None:
    page.goto(f"{demo_server.url}/tracks/1/edit/")
    page.get_by_role("combobox", name="Genres").fill("Jazz; ")
    page.keyboard.type("Fo")
    assert "Jazz; Folk" in page.locator("#genre-names option").evaluate_all("all => all.map(({ value }) => value)")
