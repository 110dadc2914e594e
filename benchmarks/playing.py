"""How long somebody waits: for the sound after a press, between two tracks, and for the next page.

    .venv/bin/python -m benchmarks.playing [--tracks 20000] [--rounds 15]

In a real browser on this machine, beside files of nginx in the same run: a page of one <audio> element with the same
sounds, and our own page without its scripts, which the browser loads anew. Medians by the browser's own clock.
A page is there when its document is, and shown when the browser has styled, laid out and painted it and takes up the
next frame. Between two pages somebody looks, and the browser rests.
"""

import argparse
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.ground import manage, serving, set_up_django, skip
from benchmarks.nginx import PLAIN_PREFIX, nginx, require_nginx
from benchmarks.streaming import write_noise
from benchmarks.wire import free_port

SECONDS = 25
BYTES_A_SECOND = 2 * 2 * 44_100
FILES = 50  # as many as a page has rows
HAND_MS = 250
LOOK_MS = 600
PREPARES_FROM_SECONDS = 8  # the player makes the next track ready within the last 20 s of one

# Both pages play through elements that are made like this; who measures finds them here.
KNOW_THE_ELEMENTS = """
window.elements = [];
window.Audio = class extends Audio {
  constructor(...of) {
    super(...of);
    window.elements.push(this);
  }
};
"""
BARE_PAGE = """<!doctype html><title>bare</title><button data-play>Play</button><script src="bare.js"></script>"""
BARE_SCRIPT = """
const audio = new Audio();
let at = 0;
const play = () => { audio.src = FILES[at++ % FILES.length]; audio.play(); };
document.querySelector("[data-play]").onclick = play;
audio.onended = play;
"""
PRESS = """(at) => new Promise((done) => {
    const buttons = document.querySelectorAll("[data-play]");
    for (const element of window.elements) {
        element.addEventListener("playing", () => done(performance.now() - began), { once: true });
    }
    const began = performance.now();
    buttons[at % buttons.length].click();
})"""
GO_TO = "(seconds) => { window.elements.find((each) => !each.paused).currentTime = seconds; }"
HEAR_THE_END = """(seconds) => new Promise((done) => {
    let ended = null;
    for (const element of window.elements) {
        element.addEventListener("ended", () => { ended = performance.now(); }, { once: true });
        element.addEventListener("playing", () => ended !== null && done(performance.now() - ended));
    }
    window.elements.find((each) => !each.paused).currentTime = seconds;
})"""
SWAP = """(href) => new Promise((done) => {
    addEventListener("turbo:load", () => {
        const there = performance.now() - began;
        requestAnimationFrame(() => done([there, performance.now() - began]));
    }, { once: true });
    const began = performance.now();
    document.querySelector(`main .tabs a[href="${href}"]`).click();
})"""
KNOW_WHEN = """
addEventListener("DOMContentLoaded", () => {
    const there = performance.now();
    requestAnimationFrame(() => { window.moments = [there, performance.now()]; });
});
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracks", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    require_nginx()
    with tempfile.TemporaryDirectory(prefix="playing-") as name, ExitStack() as running:
        folder, front, behind = Path(name).resolve(), free_port(), free_port()
        session = _library(folder, options.tracks)
        running.enter_context(serving(folder, behind))
        running.enter_context(nginx(folder, front, behind))
        browser = running.enter_context(_browser())
        ours, bare = _page(browser), _page(browser)
        address = f"http://127.0.0.1:{behind}"
        ours.context.add_cookies([{"name": f"sessionid_{behind}", "value": session, "url": address}])
        ours.goto(f"{address}/tracks/", wait_until="networkidle")
        _without_scripts(ours, folder / "media" / "plain.html")
        plain = f"http://127.0.0.1:{front}{PLAIN_PREFIX}"
        bare.goto(f"{plain}/bare.html")
        print(f"{f'{options.tracks:,} tracks':28}{'ms':>8}{'beside':>8}{'ratio':>8}")
        _row("press to sound", _presses(ours, options.rounds), _presses(bare, options.rounds))
        _row("end to sound", _gaps(ours, options.rounds), _gaps(bare, options.rounds))
        loads = _loads(bare, f"{plain}/plain.html", options.rounds)
        for way, swaps in (
            ("page to page", _swaps(ours, options.rounds)),
            ("pointed at first", _swaps(ours, options.rounds, _point_at)),
        ):
            for at, moment in enumerate(("there", "shown")):
                _row(f"{way}, {moment}", [each[at] for each in swaps], [each[at] for each in loads])


def _library(folder: Path, tracks: int) -> str:
    """So many tracks, of which the newest can be heard; the session of somebody who may."""
    manage(folder, "migrate", "--verbosity", "0")
    set_up_django(folder)
    from django.test import Client

    from benchmarks.shelf_world import fill_catalogue, heavy_user
    from music.tests.catalogue import add_track

    fill_catalogue(tracks - FILES)
    alice, first = heavy_user(), folder / "media" / "tracks" / "0.wav"
    write_noise(first, SECONDS * BYTES_A_SECOND)
    for number in range(FILES):
        if number:
            os.link(first, first.with_name(f"{number}.wav"))
        file = {"file": f"tracks/{number}.wav", "format": "wav", "size_bytes": first.stat().st_size}
        add_track(alice, duration_ms=SECONDS * 1000, **file, **_digests(number))
    (folder / "media" / "bare.html").write_text(BARE_PAGE)
    files = json.dumps([f"tracks/{number}.wav" for number in range(FILES)])
    (folder / "media" / "bare.js").write_text(f"const FILES = {files};{BARE_SCRIPT}")
    client = Client()
    client.force_login(alice)
    return str(client.session.session_key)


def _digests(number: int) -> dict[str, str]:
    """None that the filled catalogue has."""
    digest = f"f{number:063x}"
    return {"sha256": digest, "audio_sha256": digest}


@contextmanager
def _browser() -> Iterator[Browser]:
    from tests.e2e.browser import playwright_browser, system_browser

    program = system_browser() or playwright_browser()
    if program is None:
        skip("there is no Chromium (make .venv/.system).")
    arguments = ["--no-sandbox", "--mute-audio", "--autoplay-policy=no-user-gesture-required"]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=arguments)


def _page(browser: Browser) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    page.add_init_script(KNOW_THE_ELEMENTS + KNOW_WHEN)
    return page


def _without_scripts(page: Page, file: Path) -> None:
    file.write_text(re.sub(r"<script\b.*?</script>", "", page.content(), flags=re.DOTALL))


def _presses(page: Page, rounds: int) -> list[float]:
    times = []
    for number in range(rounds):
        times.append(page.evaluate(PRESS, number))
        page.wait_for_timeout(300)
    return times


def _gaps(page: Page, rounds: int) -> list[float]:
    times = []
    for _ in range(rounds):
        page.evaluate(GO_TO, PREPARES_FROM_SECONDS)
        page.wait_for_timeout(1500)
        times.append(page.evaluate(HEAR_THE_END, SECONDS - 0.5))
    return times


def _swaps(
    page: Page, rounds: int, before: Callable[[Page, str], None] = lambda page, href: None
) -> list[tuple[float, float]]:
    """How long until each page was there, and until it was shown."""
    times = []
    for _ in range(rounds):
        for href in ("/artists/", "/tracks/"):
            page.wait_for_timeout(LOOK_MS)
            before(page, href)
            times.append(tuple(page.evaluate(SWAP, href)))
    return times


def _point_at(page: Page, href: str) -> None:
    """As long as a hand takes from reaching a link to pressing it; the page is fetched meanwhile."""
    page.hover(f'main .tabs a[href="{href}"]')
    page.wait_for_timeout(HAND_MS)


def _loads(page: Page, url: str, rounds: int) -> list[tuple[float, float]]:
    times = []
    for _ in range(rounds):
        page.wait_for_timeout(LOOK_MS)
        page.goto(url)
        times.append(tuple(page.wait_for_function("window.moments").json_value()))
    return times


def _row(name: str, ours: list[float], beside: list[float]) -> None:
    print(f"{name:28}{median(ours):8.0f}{median(beside):8.0f}{median(ours) / median(beside):8.2f}", flush=True)


if __name__ == "__main__":
    main()
