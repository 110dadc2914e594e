"""The player in a real browser: one engine whatever happens, and every control within reach."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Server, all_is_there, sign_in_as_demo

pytestmark = pytest.mark.e2e
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

# Every audio element ever made, so that a test can count the engines (two elements each) and hear them.
COUNT_ENGINES = """
window.engines = [];
window.Audio = class extends Audio { constructor(...of) { super(...of); window.engines.push(this); } };
"""

# What the system would press, and where it is told that the music is.
TAKE_THE_BUTTONS = """
window.buttons = {};
MediaSession.prototype.setActionHandler = (action, handle) => { window.buttons[action] = handle; };
MediaSession.prototype.setPositionState = (place) => { window.place = place; };
"""


@pytest.fixture
def at_album(demo_server: Server, open_page: Callable[..., Page]) -> Callable[..., Page]:
    def opened(**options: object) -> Page:
        page = open_page(**options)
        page.add_init_script(COUNT_ENGINES)
        page.route("**/queue/", lambda route: route.abort())  # the next test begins with an empty bar
        sign_in_as_demo(page, demo_server)
        page.goto(f"{demo_server.url}/albums/1/")
        return page

    return opened


def play_all(page: Page) -> Locator:
    return page.locator("main [data-play-all]:not([data-shuffle])")


def plays(page: Page) -> None:
    """One engine, one of its two elements sounding, and the bar says so."""
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    assert sorted(page.evaluate("engines.map((audio) => audio.paused)")) == [False, True]


def follow_link(page: Page, path: str) -> None:
    page.evaluate(
        "path => document.querySelector('main').insertAdjacentHTML('afterbegin', `<a href=${path}>Go</a>`)", path
    )
    page.get_by_role("link", name="Go", exact=True).click()


def test_an_error_page_is_a_page_like_any_other(at_album: Callable[..., Page]) -> None:
    page = at_album()
    play_all(page).click()
    plays(page)
    follow_link(page, "/nowhere/")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page is not here")
    assert page.url.endswith("/nowhere/")
    plays(page)
    page.get_by_role("link", name="Go to the home page").click()
    expect(page).to_have_title(re.compile("Home|Music Streamer"))
    plays(page)
    page.locator("[data-player=toggle]").click()
    expect(page.locator("#player")).to_have_attribute("data-state", "paused")


def test_a_page_in_the_same_language_does_not_write_it_anew(at_album: Callable[..., Page]) -> None:
    """A browser restyles all of the page that is leaving when its language or direction is written anew."""
    page = at_album()
    page.evaluate("""() => {
        window.written = [];
        new MutationObserver((records) => written.push(...records.map(({ attributeName }) => attributeName)))
            .observe(document.documentElement, { attributes: true });
    }""")
    page.locator("#sidebar").get_by_role("link", name="Browse").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Browse")
    written = page.evaluate("written")
    assert "aria-busy" in written and not {"lang", "dir"} & set(written)


def test_the_buttons_of_the_system_steer_it_and_show_what_plays(at_album: Callable[..., Page]) -> None:
    page = at_album()
    page.add_init_script(TAKE_THE_BUTTONS)
    page.reload()
    play_all(page).click()
    plays(page)
    title, player = page.locator("[data-player=title]"), page.locator("#player")
    first = title.inner_text()
    shown = page.evaluate("""() => {
        const { title, artist, album, artwork } = navigator.mediaSession.metadata;
        return [title, artist, album, artwork.length];
    }""")
    assert shown == [first, page.locator("[data-player=artist]").inner_text(), "Blue Hour Sessions", 1]
    page.evaluate("buttons.pause()")
    expect(player).to_have_attribute("data-state", "paused")
    page.evaluate("buttons.play()")
    expect(player).to_have_attribute("data-state", "playing")
    page.evaluate("buttons.seekto({ seekTime: 15 })")
    page.evaluate("buttons.seekbackward({ seekOffset: 5 })")
    expect(page.locator("[data-player=time]")).to_have_text(re.compile("^0:1[0-4]"))
    assert 10 <= page.evaluate("place.position") < 15
    page.evaluate("buttons.nexttrack()")
    expect(title).not_to_have_text(first)
    page.evaluate("buttons.previoustrack()")
    expect(title).to_have_text(first)
    page.evaluate("buttons.stop()")
    expect(player).to_have_attribute("data-state", "paused")
    assert page.evaluate("navigator.mediaSession.playbackState") == "paused"


def test_a_second_run_of_the_script_starts_no_second_player(at_album: Callable[..., Page]) -> None:
    page = at_album()
    page.evaluate("""new Promise((done) => {
        const again = document.createElement("script");
        again.src = document.querySelector("script[src]").src;
        again.onload = done;
        document.head.append(again);
    })""")
    play_all(page).click()
    plays(page)


def test_a_server_out_of_reach_costs_neither_page_nor_music(at_album: Callable[..., Page]) -> None:
    page = at_album()
    play_all(page).click()
    plays(page)
    url = page.url
    page.route("**/*", lambda route: route.abort("connectionrefused"))
    page.locator("#sidebar").get_by_role("link", name="Browse").click()
    expect(page.locator("[data-player=message]")).to_have_text("The server cannot be reached. Try again in a moment.")
    assert page.url == url
    expect(page.locator(".turbo-progress-bar")).to_have_count(0)
    plays(page)
    page.unroute("**/*")
    page.route("**/history/", lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway"))
    page.locator("#sidebar").get_by_role("link", name="History").click()
    expect(page.locator("[data-player=message]")).to_have_text("The server cannot be reached. Try again in a moment.")
    plays(page)
    page.locator("#sidebar").get_by_role("link", name="Browse").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Browse")
    plays(page)


def test_who_is_signed_out_is_told_until_they_sign_in_and_comes_back(at_album: Callable[..., Page]) -> None:
    page = at_album()
    play_all(page).click()
    plays(page)
    path = page.evaluate("location.pathname")
    page.context.clear_cookies(name=re.compile("^sessionid"))
    page.route("**/stream/**", lambda route: route.fulfill(status=401))
    page.locator("[data-player=next]").click()
    message = page.locator("[data-player=message]")
    expect(message).to_contain_text("You are signed out.")
    page.wait_for_timeout(9000)
    expect(message).to_contain_text("You are signed out.")
    page.locator("#player").get_by_role("link", name="Sign in").click()
    expect(page.locator("main [name=login]")).to_be_visible()
    assert page.locator("main form [name=next]").first.input_value() == path


def test_what_the_network_lost_while_nobody_waited_is_there_at_the_next_press(at_album: Callable[..., Page]) -> None:
    page = at_album()
    play_all(page).click()
    plays(page)
    page.route("**/chunks/player*", lambda route: route.abort("connectionrefused"))
    page.reload()
    queue = page.locator("#player [data-open-queue]").last
    queue.click()
    expect(page.locator("[data-player=message]")).to_have_text("The server cannot be reached. Try again in a moment.")
    page.unroute("**/chunks/player*")
    queue.click()
    expect(page.locator("#queue")).to_be_visible()


def test_a_focused_control_keeps_only_the_keys_it_needs(at_album: Callable[..., Page]) -> None:
    page = at_album()
    play_all(page).click()
    plays(page)
    player = page.locator("#player")
    mute = page.locator("[data-player=mute]")
    mute.focus()
    page.keyboard.press("k")
    expect(player).to_have_attribute("data-state", "paused")
    page.keyboard.press("Space")
    expect(mute).to_have_attribute("aria-pressed", "true")
    expect(player).to_have_attribute("data-state", "paused")
    page.locator("[data-player=volume]").focus()
    page.keyboard.press("m")
    expect(mute).to_have_attribute("aria-pressed", "false")
    first = page.locator("[data-player=title]").inner_text()
    page.keyboard.press("Shift+N")
    expect(page.locator("[data-player=title]")).not_to_have_text(first)
    expect(player).to_have_attribute("data-state", "playing")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-player=volume]")).to_have_value("99")
    page.locator("#top-search").fill("")
    page.keyboard.type("k j?")
    expect(page.locator("#top-search")).to_have_value("k j?")
    expect(player).to_have_attribute("data-state", "playing")


def test_a_question_mark_lists_the_shortcuts_and_gives_the_focus_back(at_album: Callable[..., Page]) -> None:
    page = at_album()
    all_is_there(page)  # with the dialog's own styles, which move its button
    play_all(page).focus()
    page.keyboard.press("Shift+?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Ten seconds back")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    expect(play_all(page)).to_be_focused()
    page.keyboard.press("Shift+?")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(play_all(page)).to_be_focused()
    page.locator("header summary").click()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("header summary")).to_be_focused()


def test_play_becomes_pause_and_takes_the_shuffle_back(at_album: Callable[..., Page]) -> None:
    page = at_album()
    shuffle = page.locator("[data-player=shuffle]")
    page.locator("main [data-play-all][data-shuffle]").click()
    plays(page)
    expect(shuffle).to_have_attribute("aria-pressed", "true")
    button = page.locator("main").get_by_role("button", name="Pause", exact=True)
    title = page.locator("[data-player=title]").inner_text()
    button.click()
    expect(page.locator("#player")).to_have_attribute("data-state", "paused")
    page.locator("main").get_by_role("button", name="Play", exact=True).click()
    plays(page)
    expect(button).to_be_visible()
    expect(page.locator("[data-player=title]")).to_have_text(title)
    expect(shuffle).to_have_attribute("aria-pressed", "false")


def test_a_phone_reaches_every_control_within_the_card(at_album: Callable[..., Page]) -> None:
    page = at_album(**PHONE)
    play_all(page).tap()
    plays(page)
    more = page.get_by_role("button", name="Shuffle, previous, repeat and queue")
    more.tap()
    expect(more).to_have_attribute("aria-expanded", "true")
    card = page.locator("#player").bounding_box()
    assert card
    for name in ("shuffle", "previous", "toggle", "next", "repeat", "more", "seek"):
        box = page.locator(f"[data-player={name}]").bounding_box()
        assert box, name
        assert box["height"] >= (24 if name == "seek" else 40), name
        assert card["y"] <= box["y"], name
        assert box["y"] + box["height"] <= card["y"] + card["height"], name
    page.locator("[data-player=shuffle]").tap()
    expect(page.locator("[data-player=shuffle]")).to_have_attribute("aria-pressed", "true")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    last = page.locator("main > *").last.bounding_box()
    assert last
    assert last["y"] + last["height"] <= card["y"]


def test_the_bar_and_the_list_agree_on_the_length(at_album: Callable[..., Page]) -> None:
    page = at_album()
    play = page.locator("main [data-track] [data-play]").first
    page.evaluate("document.querySelector('main [data-play]').dataset.durationMs = 33_499")
    play.focus()
    play.press("Enter")
    plays(page)
    expect(page.locator("[data-player=duration]")).to_have_text("0:33")


def test_after_a_refusal_the_focus_is_where_it_went_wrong(at_album: Callable[..., Page]) -> None:
    page = at_album()
    page.goto(page.url.replace("/albums/1/", "/accounts/password/change/"))
    page.locator("[name=oldpassword]").fill("not this one")
    page.locator("[name=password1]").fill("gentle-rain-43")
    page.locator("[name=password2]").fill("gentle-rain-43")
    page.locator("main form button").last.click()
    expect(page.locator("[name=oldpassword][aria-invalid=true]")).to_be_focused()
