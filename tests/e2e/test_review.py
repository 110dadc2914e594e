"""Drafts in a real browser: what is typed is kept without a button, and looking them over stops no music."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from conftest import MP3, OGG, WAV
from tests.e2e.conftest import Server, send, sign_up, upload
from tests.e2e.test_accessibility import SIZES, violations
from uploads.tests.arriving import retagged

pytestmark = pytest.mark.e2e


@pytest.fixture
def at_review(empty_server: Server, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Three drafts, before somebody who has nothing else here."""

    def opened(*files: Path, **options: Any) -> Page:
        page = open_page(**options)
        sign_up(page, empty_server.url, "rita")
        send(page, empty_server.url, *(files or (MP3, OGG, WAV)))
        wait = re.compile(rf"{len(files) or 3} waits? for your review")
        expect(page.locator("#upload-summary")).to_contain_text(wait, timeout=60_000)
        page.get_by_role("link", name=re.compile("^Review")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Review")
        return page

    return opened


def row(page: Page, number: int) -> Locator:
    return page.locator("main li[data-track]").nth(number)


def test_what_is_typed_is_saved_and_the_focus_stays(at_review: Callable[..., Page]) -> None:
    page = at_review()
    genres = row(page, 0).get_by_label("Genres")
    genres.fill("bebop; hip hop")
    genres.press("Tab")
    expect(row(page, 0).get_by_role("status")).to_have_text("Saved")
    expect(genres).to_have_value("Bebop; Hip-Hop")
    expect(row(page, 1).get_by_role("checkbox")).to_be_focused()
    page.reload()
    expect(row(page, 0).get_by_label("Genres")).to_have_value("Bebop; Hip-Hop")


def test_what_cannot_be_saved_says_why_and_stays(at_review: Callable[..., Page]) -> None:
    page = at_review()
    year = row(page, 0).get_by_label("Year")
    year.fill("20215")
    year.press("Tab")
    expect(year).to_have_attribute("aria-invalid", "true")
    expect(year).to_have_value("20215")
    expect(row(page, 0).locator("[data-error]:not(:empty)")).to_have_count(1)
    year.fill("2021")
    year.press("Tab")
    expect(row(page, 0).locator("[data-error]:not(:empty)")).to_have_count(0)
    expect(year).not_to_have_attribute("aria-invalid", "true")


def test_an_answer_that_is_long_in_coming_sets_no_older_value_back(at_review: Callable[..., Page]) -> None:
    page = at_review()
    saves = row(page, 0).get_attribute("data-save")
    held: list[Route] = []
    page.route(f"**{saves}", lambda route: route.continue_() if held else held.append(route))
    year = row(page, 0).get_by_label("Year")
    for typed in ("1999", "2001"):
        year.fill(typed)
        year.press("Tab")
        page.wait_for_timeout(500)
    with page.expect_response(lambda answer: "2001" in (answer.request.post_data or "")):
        held[0].continue_()
    expect(row(page, 0).get_by_role("status")).to_have_text("Saved")
    page.reload()
    expect(row(page, 0).get_by_label("Year")).to_have_value("2001")


def test_drafts_are_heard_changed_together_and_published(at_review: Callable[..., Page]) -> None:
    page = at_review()
    row(page, 0).get_by_role("button", name=re.compile("^Play ")).click()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.get_by_label("All", exact=True).check()
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_text("Edit selected").click()
    page.get_by_label("Album artist").fill("Many Hands")
    page.locator("[name=all-album]").fill("Mixed")
    page.get_by_role("button", name="Change the selected tracks").click()
    expect(page.get_by_text("3 drafts are changed.")).to_be_visible()
    expect(row(page, 2).get_by_label("Album")).to_have_value("Mixed")
    page.get_by_role("button", name="Publish all 3").click()
    expect(page.get_by_text("3 tracks are published.")).to_be_visible()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.get_by_role("link", name="Umbrella Weather").click()
    page.get_by_role("link", name="Mixed").first.click()
    expect(page.locator("main li[data-track]")).to_have_count(3)


def test_a_wrong_year_in_the_closed_panel_holds_up_no_other_button(at_review: Callable[..., Page]) -> None:
    page = at_review(MP3)
    panel = page.locator("summary", has_text="Edit selected")
    panel.click()
    page.locator("[name=all-year]").fill("20245")
    panel.click()
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_text("1 track is published.")).to_be_visible()


def test_on_a_tablet_a_draft_takes_two_lines(at_review: Callable[..., Page]) -> None:
    page = at_review(MP3, OGG, viewport={"width": 768, "height": 1024})
    tops = row(page, 0).locator(".draft-field").evaluate_all("all => all.map((each) => each.offsetTop)")
    assert tops == [tops[0]] * 2 + [tops[2]] * 4
    assert tops[2] > tops[0]


@pytest.mark.parametrize("size", SIZES)
def test_a_copy_is_shown_beside_the_old_one_without_a_barrier(
    empty_server: Server, open_page: Callable[..., Page], tmp_path: Path, size: str
) -> None:
    width, height = SIZES[size]
    page = open_page(viewport={"width": width, "height": height})
    sign_up(page, empty_server.url, "rita")
    upload(page, empty_server.url, MP3)
    send(page, empty_server.url, retagged(MP3, tmp_path, title="Another Name"), OGG)
    page.get_by_role("link", name="Review 2 tracks").click(timeout=60_000)
    expect(page.get_by_text("The same sound is here already")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    notice = page.locator("p", has_text="1 track looks like one that is here already")
    assert notice.evaluate("(notice) => notice.offsetLeft > notice.previousElementSibling.offsetLeft"), (
        "beside its icon"
    )
    found = violations(page)
    page.locator("summary", has_text="Edit selected").click()
    assert found + violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Replace it").click()
    expect(page.get_by_text("“Another Name” has the new file now.")).to_be_visible()
    expect(page.locator("main li[data-track]")).to_have_count(1)
