"""What is picked for somebody, and music that goes on, in a real browser."""

import re
import time
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, sign_in_as_demo, sign_up

pytestmark = pytest.mark.e2e

ENGINES = """
window.engines = [];
window.Audio = class extends Audio { constructor(...of) { super(...of); window.engines.push(this); } };
"""


@pytest.fixture
def newcomer(demo_server: Server, open_page: Callable[..., Page]) -> Page:
    """Somebody new: the demo account's player would go on with what it played before."""
    page = open_page()
    page.add_init_script(ENGINES)
    sign_up(page, demo_server.url, f"radio{time.monotonic_ns()}")
    return page


def to_the_end(page: Page) -> None:
    """Let the track that plays run out."""
    page.evaluate("(() => { const at = engines.find((each) => !each.paused); at.currentTime = at.duration - 0.3; })()")


def test_when_a_list_ends_radio_goes_on_and_the_bar_says_so(demo_server: Server, newcomer: Page) -> None:
    page = newcomer
    page.goto(f"{demo_server.url}/tracks/1/")
    with page.expect_response(re.compile("/radio/track/1/more/")) as answer:
        page.locator("main [data-play]").first.click()
    title = page.locator("[data-player=title]").inner_text()
    assert answer.value.json()["tracks"]
    expect(page.locator("[data-player=next]")).to_be_enabled()
    to_the_end(page)
    expect(page.locator("[data-player=title]")).not_to_have_text(title)
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    source = page.locator("[data-player=source]")
    expect(source).to_have_text(re.compile("^Radio: "))
    source.click()
    expect(page).to_have_url(f"{demo_server.url}/radio/track/1/")
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")


def test_start_radio_plays_at_once_and_asks_for_more_before_it_runs_out(demo_server: Server, newcomer: Page) -> None:
    page = newcomer
    page.goto(f"{demo_server.url}/genres/jazz/")
    with page.expect_response(re.compile("/radio/genre/jazz/more/")):
        page.get_by_role("link", name="Start radio").click()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    expect(page.locator("[data-player=source]")).to_have_text("Radio: Jazz")
    assert page.url == f"{demo_server.url}/genres/jazz/"
    with page.expect_request(re.compile("/radio/genre/jazz/more/")) as asked:
        for _ in range(8):
            page.locator("[data-player=next]").click()
    had = asked.value.post_data_json["had"]
    assert len(had) == len(set(had)) >= 8


def test_the_weeks_discoveries_play_from_their_page_and_home_leads_back_to_it(
    demo_server: Server, newcomer: Page
) -> None:
    page, of_a_monday = newcomer, re.compile(r"/discover/weekly/\d{4}-\d\d-\d\d/$")
    page.goto(f"{demo_server.url}/discover/weekly/")
    expect(page).to_have_url(of_a_monday)
    assert date.fromisoformat(page.url.rstrip("/")[-10:]).weekday() == 0
    expect(page.get_by_role("heading", level=1)).to_have_text("Weekly discovery")
    expect(page.locator("main li[data-track]").nth(14)).to_be_visible()
    page.locator("main").get_by_role("button", name="Play", exact=True).first.click()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    expect(page.locator("[data-player=source]")).to_have_text("Weekly discovery")
    page.get_by_role("link", name="Home").first.click()
    page.locator("main").get_by_role("link", name="Weekly discovery").first.click()
    expect(page).to_have_url(of_a_monday)
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")


def test_radio_without_javascript_is_a_page(demo_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    sign_in_as_demo(page, demo_server)
    page.goto(f"{demo_server.url}/genres/jazz/")
    page.get_by_role("link", name="Start radio").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Jazz")
    expect(page.locator("main li[data-track]").first).to_be_visible()
    page.goto(f"{demo_server.url}/tracks/1/")
    page.get_by_role("link", name="Similar tracks").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Like ")


def test_a_newcomer_with_three_favourites_finds_a_page_made_for_them(
    untouched_demo_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_up(page, untouched_demo_server.url, "newcomer", "Jazz", "Folk", "Rock")
    made = page.locator("[data-source=made-for-you] [data-track]")
    expect(made.first).to_be_visible()
    reasons = made.locator("p.text-accent-text").all_inner_texts()
    assert {"You chose Jazz", "You chose Folk", "You chose Rock"} <= set(reasons)
    tracks = page.locator("main [data-track] [data-play]").evaluate_all(
        "all => all.map((each) => each.dataset.trackId)"
    )
    assert len(tracks) == len(set(tracks)) >= 8
