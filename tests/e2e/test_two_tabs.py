"""Two tabs of one person are one player: both show what plays, either one steers it, and only one sounds."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, all_is_there, sign_up
from tests.e2e.test_queue import HEAR_THE_GAP, choose, play, queued, title

pytestmark = pytest.mark.e2e

# Every moment in which something sounds in this tab, on the clock that all tabs share.
NOTE_SOUND = """() => {
    window.sounded = [];
    setInterval(() => {
        const at = performance.timeOrigin + performance.now();
        if (engines.some((audio) => !audio.paused && audio.readyState > 2)) window.sounded.push(at);
    }, 10);
}"""


@pytest.fixture
def two_tabs(demo_server: Server, open_page: Callable[..., Page]) -> Callable[[str], tuple[Page, Page]]:
    def opened(username: str) -> tuple[Page, Page]:
        first = open_page()
        first.context.add_init_script(HEAR_THE_GAP)
        sign_up(first, demo_server.url, username)
        second = first.context.new_page()
        for page in (first, second):
            page.goto(f"{demo_server.url}/tracks/")
            all_is_there(page)
        return first, second

    return opened


def shows(page: Page, name: str, state: str, *, isElsewhere: bool) -> None:
    expect(page.locator("[data-player=title]")).to_have_text(name)
    expect(page.locator("#player")).to_have_attribute("data-state", state)
    expect(page.locator("[data-player=elsewhere]")).to_be_visible(visible=isElsewhere)


def sounds(page: Page) -> bool:
    return bool(page.evaluate("engines.some((audio) => !audio.paused)"))


def position(page: Page) -> float:
    return float(page.locator("[data-player=seek]").input_value())


def test_both_show_what_plays_and_either_steers_it(two_tabs: Callable[[str], tuple[Page, Page]]) -> None:
    first, second = two_tabs("twofold")
    play(first, 3)
    name = title(first, 3)
    shows(first, name, "playing", isElsewhere=False)
    shows(second, name, "playing", isElsewhere=True)
    expect(second.locator("[data-player=cover]")).to_have_attribute(
        "src", str(first.locator("[data-player=cover]").get_attribute("src"))
    )
    pressed = second.locator("main [data-play][aria-pressed=true]")
    expect(pressed).to_have_attribute("data-title", name)

    second.locator("[data-player=seek]").focus()
    second.keyboard.press("ArrowRight")
    second.keyboard.press("ArrowRight")
    second.wait_for_timeout(1500)
    assert position(first) >= 10
    assert abs(position(first) - position(second)) < 1
    choose(second, 0, "Play next")
    first.locator("[data-open-queue]:visible").click()
    expect(queued(first).first).to_have_text(title(second, 0))
    expect(queued(first).nth(1)).to_have_text(title(first, 4))
    second.locator("[data-player=mute]").click()
    expect(first.locator("[data-player=mute]")).to_have_attribute("aria-pressed", "true")

    second.keyboard.press("k")
    for page in (first, second):
        shows(page, name, "paused", isElsewhere=False)
    assert not sounds(first) and not sounds(second)
    second.keyboard.press("k")
    shows(second, name, "playing", isElsewhere=False)
    shows(first, name, "playing", isElsewhere=True)
    assert position(second) >= 10
    assert sounds(second) and not sounds(first)


def test_one_takes_over_at_the_same_second_and_never_do_both_sound(
    two_tabs: Callable[[str], tuple[Page, Page]],
) -> None:
    first, second = two_tabs("oneatatime")
    for page in (first, second):
        page.evaluate(NOTE_SOUND)
    play(first, 3)
    first.keyboard.press("l")
    second.get_by_role("button", name="Play here").click()
    shows(second, title(first, 3), "playing", isElsewhere=False)
    shows(first, title(first, 3), "playing", isElsewhere=True)
    assert position(second) >= 10
    play(first, 7)
    shows(second, title(first, 7), "playing", isElsewhere=True)
    second.locator("[data-player=next]").click()
    shows(second, title(first, 8), "playing", isElsewhere=False)
    shows(first, title(first, 8), "playing", isElsewhere=True)
    second.wait_for_timeout(500)
    in_first, in_second = (page.evaluate("sounded") for page in (first, second))
    assert in_first and in_second
    together = sum(1 for at in in_first if any(abs(at - other) < 10 for other in in_second))
    print(f"{together} of {len(in_first)} moments together")
    assert together == 0


def test_where_the_tab_that_plays_is_closed_the_other_goes_on_at_its_second(
    two_tabs: Callable[[str], tuple[Page, Page]],
) -> None:
    first, second = two_tabs("heir")
    play(first, 3)
    name = title(first, 3)
    first.keyboard.press("l")
    shows(second, name, "playing", isElsewhere=True)
    first.wait_for_timeout(1000)
    first.goto("about:blank")
    shows(second, name, "paused", isElsewhere=False)
    assert position(second) >= 10
    second.keyboard.press("k")
    shows(second, name, "playing", isElsewhere=False)
    assert position(second) >= 10
