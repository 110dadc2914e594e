"""What comes next, by mouse and by keyboard, and no gap before it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Request, Response, expect

from tests.e2e.conftest import PASSWORD, Server, all_is_there, sign_in, sign_up

pytestmark = pytest.mark.e2e
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

# When each audio element came to its end, and when one sounded.
HEAR_THE_GAP = """
window.heard = [];
window.Audio = class extends Audio {
  constructor(...of) {
    super(...of);
    const note = ({ type }) => window.heard.push([type, performance.now()]);
    for (const type of ["ended", "playing"]) this.addEventListener(type, note);
    (window.engines ??= []).push(this);
  }
};
"""

WITH_LYRICS = r"""
from music.models import Lyrics, Track
later = "".join(f"\n[00:{second}.00]Line at {second}" for second in range(20, 45))
text = f"[00:01.00]The first line\n[00:09.00]The second line{later}"
of = Track.objects.get(title="Saltwater Radio")
Lyrics.objects.update_or_create(track=of, defaults={"text": text, "is_synced": True})
"""


@pytest.fixture
def at_tracks(demo_server: Server, open_page: Callable[..., Page]) -> Callable[..., Page]:
    def opened(username: str, **options: object) -> Page:
        page = open_page(**options)
        page.add_init_script(HEAR_THE_GAP)
        sign_up(page, demo_server.url, username)
        page.goto(f"{demo_server.url}/tracks/")
        return page

    return opened


def queued(page: Page) -> Locator:
    return page.locator("[data-queue-part=list] [data-queue-title]")


def titles(page: Page) -> list[str]:
    expect(queued(page).first).to_be_visible()
    return queued(page).all_text_contents()


def row(page: Page, number: int) -> Locator:
    return page.locator("main [data-track]").nth(number)


def title(page: Page, number: int) -> str:
    return str(row(page, number).locator("[data-play]").get_attribute("data-title"))


def play(page: Page, number: int) -> None:
    row(page, number).locator("[data-play]").click(force=True)
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")


def choose(page: Page, number: int, what: str) -> None:
    row(page, number).hover()
    row(page, number).locator("[data-track-menu]").click()
    page.get_by_role("menuitem", name=what).click()


def test_the_queue_is_put_together_by_hand(at_tracks: Callable[..., Page]) -> None:
    page = at_tracks("queuer")
    play(page, 12)
    choose(page, 0, "Play next")
    choose(page, 1, "Add to queue")
    expect(page.locator("[data-player=message]")).to_contain_text(title(page, 1))
    page.locator("[data-open-queue]:visible").click()
    shown = titles(page)
    assert shown[0] == title(page, 0)
    assert shown[1] == title(page, 13)
    assert shown[-1] == title(page, 1)

    page.get_by_role("button", name=f"Remove {shown[1]}").click()
    expect(queued(page)).to_have_text([shown[0], *shown[2:]])
    undo = page.get_by_role("button", name="Undo")
    page.locator("#queue-title").focus()
    undo.focus()
    page.wait_for_timeout(9500)
    page.keyboard.press("Enter")
    expect(queued(page)).to_have_text(shown)
    expect(undo).to_be_hidden()
    expect(page.locator("#queue-title")).to_be_focused()
    said = page.locator("[data-player=message]")
    expect(said).to_have_text("")
    assert said.evaluate("said => said.checkVisibility()")

    page.get_by_role("button", name=f"Remove {shown[1]}").click()
    page.locator("[data-player=next]").click()
    expect(page.locator("[data-player=title]")).to_have_text(shown[0])
    page.get_by_role("button", name="Undo").click()
    expect(queued(page)).to_have_text(shown[1:])

    page.get_by_role("button", name=f"Play {shown[1]}", exact=True).click()
    expect(page.locator("[data-player=title]")).to_have_text(shown[1])
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("[data-queue-part=empty]")).to_be_visible()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")


def test_what_a_card_leads_to_is_played_and_queued_from_the_card(at_tracks: Callable[..., Page]) -> None:
    page = at_tracks("dealer")
    page.get_by_role("navigation", name="Browse").get_by_role("link", name="Albums").click()
    expect(page).to_have_title(re.compile("Albums"))
    card = page.locator(".card-grid > li").nth(1)
    album = card.get_by_role("heading").inner_text()
    card.hover()
    card.get_by_role("button", name=f"Play {album}").click()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    expect(page.locator("#player [data-player=source]")).to_have_text(album)
    other = page.locator(".card-grid > li").nth(2)
    menu = other.get_by_label("Play or queue:")
    menu.focus()
    page.keyboard.press("Enter")
    other.get_by_role("button", name="Play next").click()
    expect(menu).to_be_focused()
    expect(other.get_by_role("button", name="Play next")).to_be_hidden()
    page.locator("[data-open-queue]:visible").first.click()
    song = queued(page).first.inner_text()
    page.keyboard.press("Escape")
    other.get_by_role("heading").get_by_role("link").click()
    expect(page.locator("main [data-play]").first).to_have_attribute("data-title", song)


def test_artists_playlists_and_shelves_are_queued_and_what_plays_leads_back_to_where_it_is_from(
    demo_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_up(page, demo_server.url, "shelver", "Jazz")
    page.goto(f"{demo_server.url}/artists/")
    page.get_by_role("link", name="Mister Quill").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mister Quill")
    hers = [title(page, number) for number in (0, 1)]
    choose(page, 0, "Add to playlist")
    dialog = page.get_by_role("dialog", name="Add to playlist")
    dialog.get_by_label("New playlist").fill("One of hers")
    dialog.get_by_role("button", name="Make and add").click()
    expect(dialog).to_have_count(0)
    page.locator("main").get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Home").click()
    shelf = page.locator("section", has=page.get_by_role("heading", name="New for you"))
    offered = shelf.locator("[data-play]").first.get_attribute("data-title")
    shelf.locator("summary", has_text="Play or queue: New for you").click()
    shelf.get_by_role("button", name="Play next").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Playlists").click()
    page.get_by_role("link", name="One of hers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One of hers")
    page.locator("main").get_by_role("button", name="Add to queue", exact=True).click()
    page.locator("[data-open-queue]:visible").click()
    shown = titles(page)
    assert (shown[0], shown[-1]) == (offered, hers[0])
    page.keyboard.press("Escape")

    page.locator("#player [data-player=source]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mister Quill")
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")


def test_the_newest_queue_wins_on_whatever_device_it_was_played(
    demo_server: Server, open_page: Callable[..., Page]
) -> None:
    first, second = open_page(), open_page()
    sign_up(first, demo_server.url, "commuter")
    sign_in(second, demo_server.url, "commuter", PASSWORD)
    first.goto(f"{demo_server.url}/tracks/")
    play(first, 2)
    pause_and_save(first)
    second.goto(f"{demo_server.url}/albums/1/")
    second.locator("main [data-play-all]:not([data-shuffle])").click()
    expect(second.locator("#player")).to_have_attribute("data-state", "playing")
    left = second.locator("[data-player=title]").inner_text()
    pause_and_save(second)

    first.reload()
    expect(first.locator("[data-player=title]")).to_have_text(left)
    expect(first.locator("#player")).to_have_attribute("data-state", "paused")
    second.reload()
    all_is_there(second)
    expect(second.locator("[data-player=title]")).to_have_text(left)
    expect(second.locator("[data-player=source]")).to_have_attribute("href", "/albums/1/")

    first.reload()
    all_is_there(first)
    added = title(first, 0)
    with first.expect_response(is_saved):
        choose(first, 0, "Play next")
    second.reload()
    all_is_there(second)
    second.locator("[data-open-queue]:visible").click()
    expect(queued(second).first).to_have_text(added)
    expect(second.locator("[data-player=title]")).to_have_text(left)
    second.keyboard.press("Escape")
    second.locator("[data-player=next]").click()
    expect(second.locator("[data-player=title]")).to_have_text(added)
    expect(second.locator("[data-player=source]")).to_have_attribute("href", "/tracks/")

    assert queues_left(second)
    second.locator("header summary").click()
    second.get_by_role("button", name="Sign out").click()
    expect(second.get_by_role("heading", level=1)).to_contain_text("Your music")
    expect(second.locator("html")).not_to_have_class(re.compile("no-js"))
    assert queues_left(second) == []


def queues_left(page: Page) -> list[str]:
    return list(page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('player:'))"))


def pause_and_save(page: Page) -> None:
    page.wait_for_timeout(1000)
    with page.expect_response(is_saved):
        page.locator("[data-player=toggle]").click()


def is_saved(answer: Response) -> bool:
    return answer.url.endswith("/queue/") and answer.request.method == "POST"


def test_a_track_is_moved_by_dragging(at_tracks: Callable[..., Page]) -> None:
    page = at_tracks("mover")
    play(page, 10)
    page.locator("[data-open-queue]:visible").click()
    before = titles(page)
    items = page.locator("[data-queue-part=list] li")
    handle, target = items.nth(0).locator("[data-queue-action=move]").bounding_box(), items.nth(2).bounding_box()
    assert handle and target
    page.mouse.move(handle["x"] + 10, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(handle["x"] + 10, target["y"] + target["height"] - 4, steps=8)
    page.mouse.up()
    expect(queued(page)).to_have_text([before[1], before[2], before[0], *before[3:]])
    page.locator("[data-player=next]").click()
    expect(page.locator("[data-player=title]")).to_have_text(before[1])


def test_everything_goes_by_keyboard_alone(at_tracks: Callable[..., Page]) -> None:
    page = at_tracks("typist")
    row(page, 10).locator("[data-play]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    row(page, 0).locator("[data-track-menu]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Play next")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Add to queue")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row(page, 0).locator("[data-track-menu]")).to_be_focused()

    page.keyboard.press("q")
    expect(page.locator("#queue-title")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#player")).to_have_attribute("data-state", "paused")
    page.keyboard.press("q")
    expect(page.locator("#queue")).to_be_hidden()
    page.keyboard.press("q")
    expect(page.locator("#queue-title")).to_be_focused()
    before = titles(page)
    page.locator("[data-queue-part=list] [data-queue-action=move]").first.focus()
    page.keyboard.press("ArrowDown")
    expect(queued(page)).to_have_text([before[1], before[0], *before[2:]])
    expect(page.locator("[data-queue-part=list] [data-queue-action=move]").nth(1)).to_be_focused()
    expect(page.locator("[data-queue-part=announcer]")).to_have_text(f"Moved to 2 of {len(before)}")
    page.keyboard.press("Escape")
    expect(page.locator("#queue")).to_be_hidden()

    page.locator("[data-player=full]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-player=fold]")).to_be_focused()
    assert page.evaluate("document.getElementById('main').closest('[inert]') !== null")
    page.keyboard.press("Escape")
    expect(page.locator("[data-player=full]")).to_be_focused()
    assert not page.evaluate("document.getElementById('main').closest('[inert]') !== null")


def test_on_a_phone_the_player_opens_over_the_page(at_tracks: Callable[..., Page]) -> None:
    page = at_tracks("pocketed", **PHONE)
    play(page, 3)
    page.locator("[data-player=full]").tap()
    cover = page.locator("[data-player=cover]").bounding_box()
    assert cover and cover["width"] > 250
    page.locator("[data-player=fold]").tap()
    expect(page.locator("main h1")).to_be_visible()


def test_a_swipe_opens_and_closes_the_player_and_a_line_of_the_lyrics_is_gone_to(
    demo_server: Server, at_tracks: Callable[..., Page]
) -> None:
    demo_server.manage("shell", "-c", WITH_LYRICS)
    page = at_tracks("swiper", **PHONE)
    page.locator("main [data-play][data-title='Saltwater Radio']").click(force=True)
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    all_is_there(page)
    swipe(page, "#player [data-player=title]", -120)
    expect(page.locator("[data-player=fold]")).to_be_focused()
    line = page.get_by_role("button", name="The second line")
    line.tap()
    expect(line).to_have_attribute("aria-current", "true")
    page.evaluate("window.sounding = engines.find((audio) => !audio.paused)")
    page.locator("[data-player=toggle]").tap()  # a line is sung for a second, and looked at for longer
    assert 9 <= page.evaluate("sounding.currentTime") < 20
    colour = "line => getComputedStyle(line).color"
    other = page.get_by_role("button", name="The first line")
    page.evaluate("sounding.currentTime = 40")
    later = page.get_by_role("button", name="Line at 40")
    expect(later).to_have_attribute("aria-current", "true")
    expect(later).to_be_in_viewport()
    expect(line).not_to_be_in_viewport()
    assert line.evaluate(colour) == other.evaluate(colour) != later.evaluate(colour)
    page.locator("[data-player=lyrics]").evaluate("box => { box.scrollTop = 0; }")
    page.evaluate("sounding.currentTime = 42")
    expect(page.get_by_role("button", name="Line at 42")).to_have_attribute("aria-current", "true")
    expect(other).to_be_in_viewport()
    swipe(page, "#player [data-player=cover]", 120)
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator("[data-player=full]")).to_be_focused()


def swipe(page: Page, selector: str, down: int) -> None:
    """By the browser's own input, so that what a finger would be is what the page is told."""
    at = page.locator(selector).bounding_box()
    assert at
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 6):
        point = {"x": x, "y": y + down * step / 5}
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_the_next_track_is_ready_when_one_ends(at_tracks: Callable[..., Page]) -> None:
    """Seen on two busy cores: 58 ms from the end of one to the sound of the next."""
    page = at_tracks("gapless")
    play(page, 0)
    sounding = "engines.findIndex((audio) => !audio.paused)"
    first = page.evaluate(sounding)
    page.evaluate(f"engines[{first}].currentTime = 10")
    page.wait_for_timeout(4000)
    page.evaluate(f"engines[{first}].currentTime = engines[{first}].duration - 1")
    expect(page.locator("[data-player=title]")).to_have_text(title(page, 1), timeout=10_000)
    page.wait_for_timeout(1000)
    assert page.evaluate(sounding) == 1 - first
    heard = page.evaluate("heard")
    ended = max(at for kind, at in heard if kind == "ended")
    print(f"gap {min(at for kind, at in heard if kind == 'playing' and at >= ended) - ended:.0f} ms")


def test_one_track_fades_into_the_next_and_their_listens_add_up_to_no_more_than_the_time(
    at_tracks: Callable[..., Page],
) -> None:
    page = at_tracks("fader")
    all_is_there(page)
    page.get_by_role("button", name="Sound").click()
    crossfade = page.get_by_role("slider", name="Crossfade")
    crossfade.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(crossfade).to_have_attribute("aria-valuetext", "3 s")
    page.get_by_label("Sleep timer").select_option("30")
    expect(page.locator("[data-player=message]")).to_have_text(re.compile(r"^The music stops at \d+:\d\d.[AP]M$"))
    expect(page.get_by_label("Sleep timer")).to_have_accessible_name(re.compile(r"^Sleep timer 30 min · \d+:\d\d"))
    page.get_by_label("Sleep timer").select_option("")
    page.keyboard.press("Escape")
    reports: dict[str, int] = {}
    page.on("request", lambda asked: reports.update(played_of(asked)) if "/listens/" in asked.url else None)
    play(page, 0)
    began = page.evaluate("performance.now()")
    page.evaluate("engines.find((audio) => !audio.paused).currentTime = 15")
    page.wait_for_timeout(1500)
    page.evaluate("(audio => { audio.currentTime = audio.duration - 5; })(engines.find((audio) => !audio.paused))")
    expect(page.locator("[data-player=title]")).to_have_text(title(page, 1), timeout=10_000)
    page.wait_for_timeout(1000)
    sounding = page.evaluate("engines.map(({ paused, volume }) => [paused, volume])")
    assert [paused for paused, _ in sounding] == [False, False]
    assert sum(volume**2 for _, volume in sounding) == pytest.approx(1)
    page.wait_for_timeout(3000)
    assert sorted(page.evaluate("engines.map(({ paused, volume }) => [paused, volume])")) == [[False, 1], [True, 1]]
    page.locator("[data-player=toggle]").click()
    page.wait_for_timeout(500)
    assert len(reports) == 2
    assert sum(reports.values()) <= page.evaluate("performance.now()") - began
    page.reload()
    all_is_there(page)
    page.get_by_role("button", name="Sound").click()
    expect(crossfade).to_have_attribute("aria-valuetext", "3 s")


def played_of(asked: Request) -> dict[str, int]:
    """What a report of progress or of the end says, by the listen."""
    _, listen, step = asked.url.rstrip("/").rsplit("/", 2)
    return {} if step == "start" else {listen: asked.post_data_json["played_ms"]}


def test_over_the_whole_window_nothing_is_pushed_out_of_it_and_the_queue_stands_beside_the_cover(
    demo_server: Server, at_tracks: Callable[..., Page]
) -> None:
    page = at_tracks("spacious")
    play(page, 3)
    page.evaluate(
        "document.querySelector('[data-player=source]').textContent = 'A list with a very long name '.repeat(20)"
    )
    page.keyboard.press("f")
    page.keyboard.press("q")
    cover, queue = (page.locator(part).bounding_box() for part in (".player-cover", "#queue"))
    assert cover and queue
    assert cover["x"] > 0 and cover["x"] + cover["width"] <= queue["x"]
    assert queue["x"] + queue["width"] <= 1440
    page.keyboard.press("q")
    page.set_viewport_size({"width": 390, "height": 844})
    cover = page.locator(".player-cover").bounding_box()
    assert cover and cover["x"] > 0 and cover["x"] + cover["width"] < 390
