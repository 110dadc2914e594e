"""The player when a file is gone, a hand is quick and a queue is very long."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Response, expect

from tests.e2e.conftest import PASSWORD, Server, sign_up

pytestmark = pytest.mark.e2e
MANY = 10_000
OPEN_MOVE_AND_JUMP = """() => {
    const panel = document.getElementById("queue");
    const button = [...document.querySelectorAll("[data-open-queue]")].find((each) => each.checkVisibility());
    const listed = (what) => [...panel.querySelectorAll(`[data-queue-part=list] ${what}`)];
    const timed = (act) => {
        const began = performance.now();
        act();
        panel.getBoundingClientRect(); // laid out as well
        return performance.now() - began;
    };
    const open = () => {
        button.click();
        return timed(() => button.click());
    };
    const move = (_, at) => {
        const handle = listed("[data-queue-action=move]")[3 + at];
        handle.focus();
        return timed(() => handle.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true })));
    };
    const jump = () => timed(() => listed("[data-queue-action=jump]")[2].click());
    const least = (act) => Math.min(...[0, 1, 2].map(act));
    const titles = () => listed("[data-queue-title]").map((each) => each.textContent);
    return [least(open), least(move), titles(), least(jump), titles()];
}"""


@pytest.fixture
def at_tracks(demo_server: Server, open_page: Callable[..., Page]) -> Callable[[str], Page]:
    def opened(username: str) -> Page:
        page = open_page()
        sign_up(page, demo_server.url, username)
        page.goto(f"{demo_server.url}/tracks/")
        return page

    return opened


def test_a_file_that_is_gone_is_passed_over_with_a_word(at_tracks: Callable[[str], Page]) -> None:
    page = at_tracks("unlucky")
    plays = page.locator("main [data-track] [data-play]")
    lost = plays.first.get_attribute("data-title")
    page.route(f"**{plays.first.get_attribute('data-src')}", lambda route: route.fulfill(status=404))
    plays.first.click(force=True)
    expect(page.locator("[data-player=message]")).to_have_text(f"“{lost}” could not be played")
    expect(page.locator("[data-player=title]")).to_have_text(str(plays.nth(1).get_attribute("data-title")))
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")


def test_a_double_click_plays_and_adds_once(at_tracks: Callable[[str], Page]) -> None:
    page = at_tracks("hasty")
    page.locator("main [data-track] [data-play]").first.dblclick(force=True)
    page.wait_for_timeout(500)
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.locator("[data-player=toggle]").dblclick()
    page.wait_for_timeout(500)
    expect(page.locator("#player")).to_have_attribute("data-state", "paused")
    page.goto(f"{page.url.removesuffix('/tracks/')}/albums/1/")
    page.locator("[data-open-queue]:visible").click()
    listed = page.locator("[data-queue-part=list] li")
    before = listed.count()
    page.locator("main [data-enqueue=last]").dblclick()
    expect(listed).to_have_count(before + page.locator("main [data-track]").count())


def test_a_double_click_in_the_queue_plays_what_was_pressed(at_tracks: Callable[[str], Page]) -> None:
    page = at_tracks("eager")
    page.locator("main [data-track] [data-play]").first.click(force=True)
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.locator("[data-open-queue]:visible").click()
    pressed = page.locator("[data-queue-part=list] [data-queue-title]").nth(2)
    title = pressed.inner_text()
    pressed.dblclick()
    page.wait_for_timeout(500)
    expect(page.locator("[data-player=title]")).to_have_text(title)
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")


def test_a_cut_line_is_waited_out_and_the_music_goes_on_by_itself(at_tracks: Callable[[str], Page]) -> None:
    page = at_tracks("tunnel")
    plays = page.locator("main [data-track] [data-play]")
    plays.first.click(force=True)
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.context.set_offline(True)
    page.locator("[data-player=next]").click()
    expect(page.locator("[data-player=message]")).to_contain_text("The connection is lost.")
    expect(page.locator("#player")).to_have_attribute("data-state", "loading")
    page.context.set_offline(False)
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    expect(page.locator("[data-player=title]")).to_have_text(str(plays.nth(1).get_attribute("data-title")))
    expect(page.locator("[data-player=message]")).to_have_text("")


def test_what_the_browser_does_not_let_begin_asks_for_a_tap(at_tracks: Callable[[str], Page]) -> None:
    page = at_tracks("untapped")
    page.evaluate("""() => {
        window.play = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = async () => { throw new DOMException("no press", "NotAllowedError"); };
    }""")
    page.locator("main [data-track] [data-play]").first.click(force=True)
    expect(page.locator("[data-player=message]")).to_have_text("Press play to continue")
    expect(page.locator("#player")).to_have_attribute("data-state", "paused")
    page.evaluate("() => { HTMLMediaElement.prototype.play = window.play; }")
    page.locator("[data-player=toggle]").click()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    expect(page.locator("[data-player=message]")).to_have_text("")


def test_a_session_that_ended_keeps_the_queue_and_the_place_in_it(
    demo_server: Server, at_tracks: Callable[[str], Page]
) -> None:
    page = at_tracks("lapsed")
    plays = page.locator("main [data-track] [data-play]")
    title, following = (str(plays.nth(at).get_attribute("data-title")) for at in (1, 2))
    plays.first.click(force=True)
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.context.clear_cookies(name=f"sessionid_{demo_server.port}")
    page.locator("[data-player=next]").click()
    expect(page.locator("[data-player=message]")).to_contain_text("You are signed out.")
    page.locator("#player").get_by_role("link", name="Sign in").click()
    page.locator("[name=login]").fill("lapsed")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/tracks/")
    expect(page.locator("[data-player=title]")).to_have_text(title)
    page.locator("[data-player=toggle]").click()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.locator("[data-player=next]").click()
    expect(page.locator("[data-player=title]")).to_have_text(following)


FILL = """() => {
    for (const storage of [localStorage, sessionStorage]) {
        for (let size = 2 ** 20, at = 0; size >= 1; at++) {
            try { storage.setItem(`fill ${at}`, "x".repeat(size)); } catch { size = Math.floor(size / 2); }
        }
    }
}"""


def test_full_storages_and_a_clock_set_wrong_cost_neither_music_nor_listens(at_tracks: Callable[[str], Page]) -> None:
    page = at_tracks("crammed")
    page.evaluate(FILL)
    told: list[tuple[str, int, int]] = []

    def note(answer: Response) -> None:
        step = answer.url.rstrip("/").rpartition("/")[2]
        told.append((step, answer.request.post_data_json.get("played_ms", 0), answer.status))

    page.on("response", lambda answer: note(answer) if "/listens/" in answer.url else None)
    play = page.locator("main [data-track] [data-play]").first
    play.click(force=True)
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.wait_for_timeout(1000)
    page.clock.set_system_time(datetime.now(UTC) + timedelta(days=3))
    page.wait_for_timeout(1000)
    page.clock.set_system_time(datetime.now(UTC) - timedelta(days=3))
    page.wait_for_timeout(1000)
    page.locator("[data-player=next]").click()
    expect(page.locator("[data-player=title]")).not_to_have_text(str(play.get_attribute("data-title")))
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.wait_for_timeout(1000)
    assert [step for step, _, _ in told] == ["start", "progress", "start"]
    assert {status for _, _, status in told} <= {200, 201}
    assert 2_000 <= told[1][1] <= 10_000


def times_with(page: Page, many: int) -> tuple[float, float, float]:
    """Milliseconds to open a queue of so many tracks, to move one of them and to play one: the least of three."""
    track = page.locator("main [data-track] [data-play]").first.evaluate("({ dataset }) => ({ ...dataset })")
    one = {**track, "artistHref": "", "durationMs": int(track["durationMs"])}
    tracks = [{**one, "id": str(number), "title": f"Title {number}"} for number in range(many)]
    queue = json.dumps({"tracks": tracks, "order": list(range(many)), "position": 0, "sourceHref": "/tracks/"})
    key = f"player:{page.locator('meta[name=user-id]').get_attribute('content')}"
    # As the page is left: before that it would be written over by what is played.
    page.evaluate("of => addEventListener('pagehide', () => sessionStorage.setItem(...of))", [key, queue])
    page.reload()
    page.locator("[data-open-queue]:visible").click()
    expect(page.locator("[data-queue-part=list] li")).to_have_count(100)
    opened, moved, after_moves, jumped, after_jumps = page.evaluate(OPEN_MOVE_AND_JUMP)
    assert len(after_moves) == len(after_jumps) == 100
    assert after_moves[2:7] == ["Title 3", "Title 5", "Title 6", "Title 7", "Title 4"]
    assert after_jumps[:2] == ["Title 10", "Title 11"]
    return opened, moved, jumped


def test_a_queue_of_ten_thousand_is_about_as_quick_as_a_short_one(at_tracks: Callable[[str], Page]) -> None:
    page = at_tracks("collector")
    short = times_with(page, 200)
    long = times_with(page, MANY)
    for act, of_few, of_many in zip(("open", "move", "jump"), short, long, strict=True):
        print(f"{act}: {of_few:.0f} ms of 200, {of_many:.0f} of 10,000")
    expect(page.locator("[data-queue-part=more]")).to_contain_text(str(MANY - 110))
    for of_few, of_many in zip(short, long, strict=True):
        assert of_many < 3 * of_few + 50
