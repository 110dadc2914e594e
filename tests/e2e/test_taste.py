"""Somebody says what they never want to be offered, takes it back, and sees the shelf follow what they finish."""

import math
import re
import struct
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from mutagen.id3 import TCON, TIT2, TPE1
from mutagen.wave import WAVE
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Server, all_is_there, sign_in_as_demo, sign_up, upload

pytestmark = pytest.mark.e2e

SECONDS, RATE = 2, 8000


def short_track(folder: Path, title: str, artist: str, genre: str, hertz: int) -> Path:
    path = folder / f"{title}.wav"
    samples = (int(9000 * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(SECONDS * RATE))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    tagged = WAVE(path)
    tagged.add_tags()
    for frame in (TIT2(text=title), TPE1(text=artist), TCON(text=genre)):
        tagged.tags.add(frame)
    tagged.save()
    return path


def cards(page: Page, artist: str = "") -> Locator:
    found = page.locator("main [data-offered]")
    return found.filter(has=page.get_by_text(artist, exact=True)) if artist else found


def artist_of(card: Locator) -> str:
    return card.locator("h3 + p").inner_text()


def named(button: str, thing: str) -> re.Pattern[str]:
    """A button that says to screen readers alone what it is about."""
    return re.compile(rf"^{button} ?: {re.escape(thing)}$")


def choose(card: Locator, words: str) -> None:
    """By keyboard alone."""
    card.locator("summary").press("Enter")
    card.get_by_role("button", name=re.compile(f"^{words}")).press("Enter")


def test_an_artist_is_never_offered_again_and_undone(demo_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_up(page, demo_server.url, "tess", "Jazz")
    name, address = artist_of(cards(page).first), page.url
    many = cards(page).count()
    marked = page.evaluate("document.body.dataset.same = 'page'")
    assert marked == "page"

    choose(cards(page).first, "Never this artist")
    expect(cards(page, name)).to_have_count(0)
    toast = page.locator("#toasts")
    expect(toast).to_contain_text(f"You will not be offered {name} again.")
    assert page.evaluate("document.body.dataset.same") == "page"
    expect(page.locator("[data-offered] summary:focus")).to_have_count(1)

    page.goto(f"{demo_server.url}/taste/")
    expect(page.locator("section", has=page.locator("#never"))).to_contain_text(name)
    page.goto(address)
    expect(cards(page).first).to_be_visible()
    expect(cards(page, name)).to_have_count(0)

    page.goto(f"{demo_server.url}/taste/")
    page.get_by_role("button", name=named("Undo", name)).click()
    expect(page.get_by_text(f"Undone. {name} counts as you listen to it.")).to_be_visible()
    page.goto(address)
    expect(cards(page)).to_have_count(many)
    expect(cards(page, name).first).to_be_visible()


def artists_on(page: Page, address: str) -> set[str]:
    """Whose tracks are offered there."""
    page.goto(address)
    expect(page.locator("[data-artist]").first).to_be_attached()
    return set(page.locator("[data-artist]").evaluate_all("found => found.map((each) => each.dataset.artist)"))


def test_an_artist_who_is_never_wanted_is_gone_everywhere_but_from_the_search(
    empty_server: Server, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    url, page = empty_server.url, open_page()
    sign_up(page, url, "neverland", "Jazz")
    names = [f"{word} Band" for word in ("Red", "Blue", "Green", "Grey", "Black", "White", "Brown", "Pink")]
    tracks = [
        short_track(tmp_path, f"{name} {n}", name, "Jazz", 200 + 20 * number + n)
        for number, name in enumerate(names)
        for n in (1, 2)
    ]
    upload(page, url, *tracks)
    page.goto(f"{url}/discover/weekly/")
    weekly = page.url
    page.goto(f"{url}/tracks/")
    of_first = page.locator("main").get_by_role("link", name=f"{names[0]} 1", exact=True).get_attribute("href")
    assert of_first
    similar = f"{url}/similar{of_first}"
    name = sorted(artists_on(page, similar))[0]
    places = (f"{url}/", weekly, f"{url}/discover/mix/1/", f"{url}/radio/me/me/", f"{url}/radio/genre/jazz/", similar)
    for place in places:
        assert name in artists_on(page, place), place

    page.goto(url)
    choose(cards(page, name).first, "Never this artist")
    expect(page.locator("#toasts")).to_contain_text(f"You will not be offered {name} again.")
    for place in places:
        left = artists_on(page, place)
        assert left, place
        assert name not in left, place
        expect(page.locator("main").get_by_text(name)).to_have_count(0)
    page.goto(f"{url}/search/?q={name}")
    expect(page.locator("main").get_by_role("link", name=name, exact=True).first).to_be_visible()

    page.goto(f"{url}/taste/")
    page.get_by_role("button", name=named("Undo", name)).click()
    expect(page.get_by_text(f"Undone. {name} counts as you listen to it.")).to_be_visible()
    for place in places:
        assert name in artists_on(page, place), place


def test_the_message_itself_takes_it_back(demo_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_up(page, demo_server.url, "una", "Folk")
    title = cards(page).first.locator("h3").inner_text()
    choose(cards(page).first, "Never this track")
    expect(page.get_by_role("heading", name=title, exact=True)).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.get_by_text(f"Undone. “{title}” counts as you listen to it.")).to_be_visible()
    expect(page.get_by_role("heading", name=title, exact=True).first).to_be_visible()


def test_who_is_never_wanted_leaves_the_queue_and_the_music_goes_on(
    demo_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_up(page, demo_server.url, "quentin", "Jazz")
    all_is_there(page)
    name = artist_of(cards(page).first)
    cards(page).first.hover()
    cards(page).first.locator("[data-play]").first.click()
    playing = page.locator("[data-player=artist]")
    expect(playing).to_have_text(name)
    choose(cards(page).first, "Never this artist")
    expect(playing).not_to_have_text(name)
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.locator("[data-open-queue]:visible").click()
    queued = page.locator("#queue [data-position]")
    expect(queued.first).to_be_visible()
    expect(queued.filter(has_text=name)).to_have_count(0)


def test_less_of_it_closes_the_menu_and_leaves_it_there(demo_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_up(page, demo_server.url, "lessie")
    card = cards(page).first
    expect(card).to_be_visible()
    many = cards(page).count()
    choose(card, "Less like this")
    expect(page.locator("#toasts")).to_contain_text("You will be offered less like")
    expect(page.locator(".offer[open]")).to_have_count(0)
    expect(cards(page)).to_have_count(many)


def test_the_shelf_follows_three_finished_tracks_of_a_genre(
    empty_server: Server, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    server, page = empty_server, open_page()
    sign_up(page, server.url, "adele")
    heard = [short_track(tmp_path, f"Heard {n}", f"Band {n}", "Klezmer", 200 + 50 * n) for n in range(3)]
    fresh = short_track(tmp_path, "Fresh", "Another band", "Klezmer", 500)
    other = short_track(tmp_path, "Other", "A choir", "Gospel", 600)
    upload(page, server.url, *heard, fresh, other)
    # Else a radio would go on after each, with what is to be offered.
    page.goto(f"{server.url}/taste/")
    page.get_by_label("Go on with a radio when a list has ended").uncheck()
    expect(page.locator("#toasts")).to_contain_text("Saved.")
    page.goto(server.url)
    expect(cards(page)).to_have_count(5)
    for number in range(3):
        page.goto(f"{server.url}/tracks/")
        page.locator("main").get_by_role("link", name=f"Heard {number}", exact=True).click()
        with page.expect_response(re.compile("/complete/$"), timeout=30_000):
            page.locator("main .play-large").click()
    page.goto(server.url)
    card = cards(page).filter(has=page.get_by_role("heading", name="Fresh"))
    expect(card).to_contain_text("Because you finished 3 Klezmer tracks")
    expect(cards(page)).to_have_count(2)

    page.goto(f"{server.url}/taste/")
    row = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="Klezmer"))
    expect(row).to_contain_text("3 finished")
    slider = row.get_by_role("slider", name="Klezmer: less or more")
    expect(slider).to_have_attribute("aria-valuetext", "as you listen")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "more")
    expect(page.locator("#toasts")).to_contain_text("You will be offered more like Klezmer.")
    page.reload()
    expect(slider).to_have_attribute("aria-valuetext", "more")


def test_all_of_it_works_without_javascript(demo_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    sign_up(page, demo_server.url, "scriptless", "Jazz")
    name = artist_of(cards(page).first)
    cards(page).first.locator("summary").click()
    cards(page).first.get_by_role("button", name=named("Never this artist", name)).click()
    expect(page).to_have_url(f"{demo_server.url}/")
    expect(page.get_by_text(f"You will not be offered {name} again.")).to_be_visible()
    expect(cards(page, name)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(cards(page, name).first).to_be_visible()

    page.goto(f"{demo_server.url}/genres/jazz/")
    page.locator(".tune summary").click()
    page.locator(".tune").get_by_role("button", name="More like this").click()
    expect(page.locator(".tune summary")).to_contain_text("More like this")

    page.goto(f"{demo_server.url}/taste/")
    page.get_by_role("slider", name="Jazz: less or more").press("ArrowLeft")
    page.get_by_role("button", name=named("Save", "Jazz")).click()
    expect(page.get_by_text("Jazz counts as you listen to it.")).to_be_visible()
    page.get_by_role("slider", name="Familiar or adventurous").press("End")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_role("slider", name="Familiar or adventurous")).to_have_value("100")

    page.get_by_role("link", name="Forget my taste").click()
    page.get_by_label("Type scriptless to forget your taste").fill("scriptless")
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_text("Your taste begins anew.")).to_be_visible()


def test_a_phone_opens_the_menu_as_a_sheet(demo_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    sign_in_as_demo(page, demo_server)
    card = cards(page).first
    card.locator("summary").tap()
    never = card.get_by_role("button", name=re.compile("^Never this track"))
    expect(never).to_be_in_viewport(ratio=1)
    page.touchscreen.tap(195, 20)  # beside it
    expect(never).to_be_hidden()
