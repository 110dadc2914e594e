"""What 50 covers cost when somebody sees them for the first time, and when they come back.

    .venv/bin/python -m benchmarks.artwork [--views 10]

A real browser before nginx before the product. A first view is that of a browser that has seen nothing of the site.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright

from benchmarks.cost import cpu_seconds_so_far
from benchmarks.ground import manage, serving, set_up_django, skip
from benchmarks.nginx import X_ACCEL_PREFIX, nginx, require_nginx, sent
from benchmarks.wire import free_port

COVERS = 50
SIDE = 640
TALL: ViewportSize = {"width": 1440, "height": 8000}  # pictures below the fold wait to be scrolled to


@dataclass(frozen=True)
class Seen:
    """Of one view: requests for covers, their bytes, and CPU seconds of the product for the page and its covers."""

    requests: float
    size_bytes: float
    cpu_seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--views", type=int, default=10)
    options = parser.parse_args()
    require_nginx()
    with tempfile.TemporaryDirectory(prefix="artwork-") as name, ExitStack() as running:
        folder, front, behind = Path(name).resolve(), free_port(), free_port()
        pages, session = _two_artists(folder)
        product = running.enter_context(serving(folder, behind, X_ACCEL_REDIRECT_PREFIX=X_ACCEL_PREFIX))
        running.enter_context(nginx(folder, front, behind))
        browser = running.enter_context(_browser())
        cookie = {"name": f"sessionid_{behind}", "value": session, "url": f"http://127.0.0.1:{front}"}
        print(f"{f'{COVERS} covers':28}{'requests':>10}{'kB':>10}{'CPU ms, page and covers':>26}")
        for kind, page in pages.items():
            url = f"http://127.0.0.1:{front}{page}"
            _row(f"{kind}, first view", _first_views(browser, cookie, url, options.views, folder, product))
            _row(f"{kind}, seen before", _later_views(browser, cookie, url, options.views, folder, product))


def _two_artists(folder: Path) -> tuple[dict[str, str], str]:
    """Pages of 50 tracks with a picture each, and of 50 without one; and the session of somebody who may see them."""
    manage(folder, "migrate", "--verbosity", "0")
    set_up_django(folder)
    from django.contrib.auth import get_user_model
    from django.test import Client

    from audio.artwork import render_cover
    from music.files import store_cover
    from music.tests.catalogue import add_track

    alice = get_user_model().objects.create_user("alice", "alice@example.org", None)
    for number in range(COVERS):
        painted = add_track(alice, artist="Painted", cover=store_cover(render_cover(_picture(number))))
        drawn = add_track(alice, artist="Drawn")
    client = Client()
    client.force_login(alice)
    addresses = {"pictures": painted.artist.get_absolute_url(), "drawn covers": drawn.artist.get_absolute_url()}
    return addresses, str(client.session.session_key)


def _picture(number: int) -> bytes:
    """No two alike, and as hard to compress as a photograph."""
    from PIL import Image

    noise = Image.effect_noise((SIDE // 8, SIDE // 8), 20 + number).resize((SIDE, SIDE))
    file = BytesIO()
    noise.save(file, "JPEG")
    return file.getvalue()


@contextmanager
def _browser() -> Iterator[Browser]:
    from tests.e2e.browser import playwright_browser, system_browser

    program = system_browser() or playwright_browser()
    if program is None:
        skip("there is no Chromium (make .venv/.system).")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])


def _first_views(browser: Browser, cookie: dict[str, str], url: str, views: int, folder: Path, product: int) -> Seen:
    def fresh() -> None:
        _context(browser, cookie).new_page().goto(url, wait_until="networkidle")

    return _seen(fresh, views, folder, product)


def _later_views(browser: Browser, cookie: dict[str, str], url: str, views: int, folder: Path, product: int) -> Seen:
    page = _context(browser, cookie).new_page()
    page.goto(url, wait_until="networkidle")
    return _seen(lambda: page.goto(url, wait_until="networkidle"), views, folder, product)


def _context(browser: Browser, cookie: dict[str, str]) -> BrowserContext:
    context = browser.new_context(viewport=TALL)
    context.add_cookies([cookie])
    return context


def _seen(view: Callable[[], object], views: int, folder: Path, product: int) -> Seen:
    before, used = len(sent(folder)), cpu_seconds_so_far(product)
    for _ in range(views):
        view()
    used = cpu_seconds_so_far(product) - used
    covers = [one for one in sent(folder)[before:] if one.address.startswith("/covers/")]
    return Seen(len(covers) / views, sum(one.size_bytes for one in covers) / views, used / views)


def _row(name: str, seen: Seen) -> None:
    print(f"{name:28}{seen.requests:10.0f}{seen.size_bytes / 1000:10,.0f}{seen.cpu_seconds * 1000:26.0f}", flush=True)


if __name__ == "__main__":
    main()
