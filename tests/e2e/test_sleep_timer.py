"""Somebody falls asleep to music, which stops by itself, gently and when it was said to."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Server, all_is_there, sign_up
from tests.e2e.test_queue import HEAR_THE_GAP, play

pytestmark = pytest.mark.e2e


@pytest.fixture
def in_bed(demo_server: Server, open_page: Callable[..., Page]) -> Callable[[str], Page]:
    def opened(username: str) -> Page:
        page = open_page()
        page.add_init_script(HEAR_THE_GAP)
        sign_up(page, demo_server.url, username)
        page.goto(f"{demo_server.url}/tracks/")
        play(page, 0)
        return page

    return opened


def timer_of(page: Page) -> Locator:
    """In the open menu."""
    all_is_there(page)
    page.get_by_role("button", name="Sound").click()
    return page.get_by_label("Sleep timer")


def loudest(page: Page) -> float:
    return float(page.evaluate("Math.max(...engines.map(({ volume }) => volume))"))


def test_the_music_fades_out_at_the_time_that_was_said_though_the_page_is_loaded_anew(
    in_bed: Callable[[str], Page],
) -> None:
    page = in_bed("dozer")
    timer_of(page).select_option("15")
    expect(page.get_by_label("Sleep timer")).to_have_accessible_name(re.compile(r"^Sleep timer 15 min · \d+:\d\d"))
    page.reload()
    timer = timer_of(page)
    expect(timer).to_have_value("15")
    expect(timer).to_have_accessible_name(re.compile(r"^Sleep timer 15 min · \d+:\d\d"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sound")).to_have_attribute("title", re.compile(r"^The music stops at \d+:"))
    page.keyboard.press("k")
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    assert loudest(page) == 1

    page.clock.set_system_time(datetime.now(UTC) + timedelta(minutes=14, seconds=52))
    page.wait_for_timeout(1000)
    assert 0 < loudest(page) < 0.5
    expect(page.locator("[data-player=volume]")).to_have_value("100")
    page.clock.set_system_time(datetime.now(UTC) + timedelta(minutes=15, seconds=2))
    expect(page.locator("#player")).to_have_attribute("data-state", "paused")
    assert loudest(page) == 1
    expect(timer_of(page)).to_have_value("")
    expect(timer).to_have_accessible_name("Sleep timer")


def test_the_end_of_the_track_is_waited_for_though_the_page_is_loaded_anew(in_bed: Callable[[str], Page]) -> None:
    page = in_bed("drowsy")
    timer_of(page).select_option("track")
    page.reload()
    timer = timer_of(page)
    expect(timer).to_have_value("track")
    expect(timer).to_have_accessible_name(re.compile(r"^Sleep timer \d+ sec$"))
    page.keyboard.press("Escape")
    following = page.locator("main [data-track] [data-play]").nth(1).get_attribute("data-title")
    page.keyboard.press("k")
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.evaluate("(audio => { audio.currentTime = audio.duration - 2; })(engines.find((audio) => !audio.paused))")
    expect(page.locator("[data-player=title]")).to_have_text(str(following))
    expect(page.locator("#player")).to_have_attribute("data-state", "paused")
    expect(timer_of(page)).to_have_value("")
