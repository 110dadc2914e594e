"""A library whose names are as bad as names can be: no page scrolls sideways, runs what they say, or breaks."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urldefrag, urlsplit

import pytest
from mutagen.id3 import ID3, TALB, TCON, TIT2, TPE1, TRCK
from playwright.sync_api import Page, expect

from conftest import DEMO
from tests.e2e.conftest import Server, running, sign_in_as_demo, sign_up

pytestmark = pytest.mark.e2e

NAMES = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)> '",
    "Nobody breaks this " * 16,
    "Unbreakable" * 27,
    "\u202eright to left and never back",
    "سلام يا بحر " * 25,
    "🎷👩‍👩‍👧‍👦🏳️‍🌈" * 20,
    "{{ 7 * 7 }} %(title)s %s {% now %} ${7}",
]
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
# What is no page of ours: it answers with files, ends the session, or is Django's own.
ELSEWHERE = ("/admin", "/accounts/logout", "/stream", "/media", "/static", "/covers", "/settings/data/listens")
FILES = (".csv", ".json", ".jsonl", ".png")
OF_NAMES = ("tracks", "albums", "artists", "genres")
# Of addresses that differ by their numbers alone so many are looked at.
OF_A_KIND = 2


@pytest.fixture(scope="module")
def hostile_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hostile")
    with running(folder, DEMO="1") as server:
        server.manage("import_music", str(tagged(folder / "music")), "--user", "demo")
        yield server


def tagged(folder: Path) -> Path:
    folder.mkdir()
    sounds = sorted(DEMO.glob("*.mp3"))
    for number, name in enumerate(NAMES):
        path = folder / f"{number}.mp3"
        shutil.copyfile(sounds[number % len(sounds)], path)
        name = name[:300]
        tags = ID3()
        for frame in (TIT2, TPE1, TALB):
            tags.add(frame(3, [name]))
        tags.add(TCON(3, [name[:80]]))
        tags.add(TRCK(3, [str(number + 1)]))
        # Bytes of their own, or they would be copies of the demo's.
        path.write_bytes(path.read_bytes() + bytes([number]) * 128)
        tags.save(path)
    return folder


@pytest.mark.parametrize("size", SIZES)
def test_every_page_that_links_lead_to_holds_hostile_names(
    hostile_server: Server, open_page: Callable[..., Page], size: str
) -> None:
    width, height = SIZES[size]
    page = open_page(viewport={"width": width, "height": height})
    page.on("dialog", lambda dialog: pytest.fail(f"a name was run: {dialog.message}"))
    sign_in_as_demo(page, hostile_server)
    visited = list(crawled(page, hostile_server.url))
    assert len(visited) > 60, visited
    assert {"/", "/tracks/", "/albums/", "/artists/", "/history/", "/profile/"} <= {
        urlsplit(url).path for url in visited
    }


def crawled(page: Page, site: str) -> Iterator[str]:
    """Every address that links lead to from the newest tracks on, looked at."""
    waiting, seen, kinds = [f"{site}/tracks/"], set[str](), dict[str, int]()
    while waiting:
        url = waiting.pop(0)
        if url in seen or not is_wanted(url, site, kinds):
            continue
        seen.add(url)
        response = page.goto(url, wait_until="domcontentloaded")
        assert response and response.status < 500, url
        assert not scrolls_sideways(page), f"{url} scrolls sideways"
        hrefs = page.locator("a[href]:not([download])").evaluate_all("links => links.map((link) => link.href)")
        waiting += [urldefrag(href).url for href in hrefs]
        yield url


def is_wanted(url: str, site: str, kinds: dict[str, int]) -> bool:
    address = urlsplit(url)
    if not url.startswith(f"{site}/") or address.path.startswith(ELSEWHERE) or address.path.endswith(FILES):
        return False
    room, *parts = address.path.strip("/").split("/")
    below = "page of one" if len(parts) == 1 and room in OF_NAMES else [part for part in parts if part.isalpha()]
    kind = f"{room} {below} {sorted(parse_qs(address.query))}"
    kinds[kind] = kinds.get(kind, 0) + 1
    # The newest, which come first, are the hostile ones.
    return kinds[kind] <= (len(NAMES) if below == "page of one" and not address.query else OF_A_KIND)


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize("size", SIZES)
def test_menus_queue_and_suggestions_hold_hostile_names(
    hostile_server: Server, open_page: Callable[..., Page], size: str
) -> None:
    width, height = SIZES[size]
    page = open_page(viewport={"width": width, "height": height})
    sign_in_as_demo(page, hostile_server)
    page.goto(f"{hostile_server.url}/tracks/?sort=title")
    for name in ("Unbreakable", "Nobody breaks"):
        row = page.locator(".track-row", has_text=name).first
        row.hover()
        row.locator("[data-play]").click()
        expect(row).to_have_attribute("data-current", "")
        assert not scrolls_sideways(page)
        row.locator("[data-track-menu]").click()
        menu = page.locator("#track-menu")
        expect(menu).to_be_visible()
        assert menu.evaluate("menu => menu.scrollWidth <= menu.clientWidth")
        assert menu.evaluate("menu => menu.getBoundingClientRect().right <= innerWidth")
        page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Search").fill("script")
    expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    assert not scrolls_sideways(page)


def test_what_is_cut_off_tells_itself_in_full(hostile_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in_as_demo(page, hostile_server)
    page.goto(f"{hostile_server.url}/tracks/?sort=title")
    cut = page.locator(".track-title", has_text="Unbreakable").first
    cut.hover()
    expect(cut).to_have_attribute("title", cut.inner_text())
    assert len(cut.inner_text()) > 200
    whole = page.locator(".track-title", has_text="Café das Onze")
    whole.hover()
    assert whole.get_attribute("title") is None


# How many dots between two facts have a line to themselves.
LONELY_DOTS = """(facts) => {
  const lines = [...facts.children].filter((each) => !each.ariaHidden).flatMap((each) => [...each.getClientRects()]);
  const isAlone = ({ top, bottom }) => !lines.some((line) => line.top < bottom && line.bottom > top);
  const dots = [...facts.querySelectorAll(":scope > [aria-hidden]")];
  return dots.filter((dot) => isAlone(dot.getBoundingClientRect())).length;
}"""


def test_no_dot_between_two_names_has_a_line_to_itself(hostile_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 768, "height": 1024})
    sign_in_as_demo(page, hostile_server)
    page.goto(f"{hostile_server.url}/tracks/?sort=title")
    page.locator(".track-title", has_text="Nobody breaks").first.click()
    facts = page.locator("h1 + div")
    expect(facts.locator("[aria-hidden]").first).to_be_visible()
    assert facts.evaluate(LONELY_DOTS) == 0


def test_a_button_that_has_room_for_its_icon_alone_tells_its_words(
    hostile_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(viewport={"width": 1280, "height": 900})
    sign_in_as_demo(page, hostile_server)
    page.goto(f"{hostile_server.url}/albums/1/")
    shuffle = page.locator(".hero-actions").get_by_role("button", name="Shuffle")
    shuffle.hover()
    expect(shuffle).to_have_attribute("title", "Shuffle")
    page.mouse.move(0, 0)
    page.set_viewport_size({"width": 1600, "height": 900})
    shuffle.hover()
    expect(shuffle).not_to_have_attribute("title", "Shuffle")


def test_an_album_is_printed_as_its_list(hostile_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in_as_demo(page, hostile_server)
    page.goto(f"{hostile_server.url}/albums/1/")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    for hidden in ("#sidebar", "#player", "#top-search", ".play-row"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    title = page.locator(".track-title").first
    expect(title).to_be_visible()
    assert title.evaluate("(title) => title.scrollWidth <= title.clientWidth"), "in full"


def test_an_empty_library_fits_every_window(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_up(page, server.url, "newcomer")
    for width in (390, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        for path in ("/", "/tracks/", "/albums/", "/artists/", "/genres/", "/history/", "/numbers/", "/uploads/"):
            page.goto(server.url + path)
            assert not scrolls_sideways(page), path
            expect(page.locator("h1")).to_be_visible()
