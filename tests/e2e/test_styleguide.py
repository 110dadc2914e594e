"""The page of all shared parts: without a barrier in any colour, and pictures of it to look at."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import PASSWORD, Server, running, sign_in
from users.looks import Accent

pytestmark = pytest.mark.e2e

SIZES = {"desktop": (1440, 1000), "phone": (390, 844)}
THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
MAKE_STAFF = f"""
from users.models import CustomUser
CustomUser.objects.create_user("keeper", "keeper@example.org", "{PASSWORD}", is_staff=True)
"""


@pytest.fixture(scope="module")
def kept_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("styleguide")) as server:
        server.manage("shell", "-c", MAKE_STAFF)
        yield server


def barriers(page: Page, *rules: str) -> list[str]:
    page.wait_for_timeout(250)
    options = {"runOnly": list(rules)} if rules else None
    found = Axe().run(page, options=options).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def test_every_part_has_enough_contrast_in_every_colour(kept_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, kept_server.url, "keeper", PASSWORD)
    page.goto(f"{kept_server.url}/styleguide/")
    for theme in THEMES:
        page.locator(f"label:has([name=theme][value={theme}])").click()
        for accent in Accent.values:
            page.locator(f"label:has([name=accent][value={accent}])").click()
            assert barriers(page, "color-contrast") == [], f"{accent}, {theme}"
    page.reload()
    assert page.locator("html").get_attribute("data-accent") == Accent.values[-1]
    assert page.locator("html").get_attribute("data-theme") == THEMES[-1]


PARTS = (
    ".hero-wash",
    ".track-row",
    ".card-grid",
    ".shelf",
    ".menu-panel",
    "dialog[open]",
    ".field",
    "[rel=next]",
    "[data-controller=flash]",
)
BACKGROUND = "element => getComputedStyle(element).backgroundColor"


def test_every_part_is_there_in_both_themes_at_once(kept_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, kept_server.url, "keeper", PASSWORD)
    page.goto(f"{kept_server.url}/styleguide/")
    for theme in THEMES:
        page.locator(f"label:has([name=theme][value={theme}])").click()
        panel = page.locator(f"main [data-theme={theme}]")
        assert panel.evaluate(BACKGROUND) == page.locator("body").evaluate(BACKGROUND)
        assert [part for part in PARTS if not panel.locator(part).locator("visible=true").count()] == []
        assert panel.get_by_text("No music here yet").is_visible()
    ids = page.locator("main [id]").evaluate_all("elements => elements.map((element) => element.id)")
    assert sorted(set(ids)) == sorted(ids)
    backgrounds = page.locator("main [data-theme]").evaluate_all(f"panels => panels.map({BACKGROUND})")
    assert len(set(backgrounds)) == len(THEMES)


@pytest.mark.parametrize("size", SIZES)
def test_pictures_are_taken_of_every_part(
    kept_server: Server, open_page: Callable[..., Page], size: str, output_path: str
) -> None:
    width, height = SIZES[size]
    page = open_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    sign_in(page, kept_server.url, "keeper", PASSWORD)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.goto(f"{kept_server.url}/styleguide/")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert barriers(page) == []
        page.locator("main img").evaluate_all("images => images.forEach((image) => { image.loading = 'eager' })")
        page.wait_for_load_state("networkidle")
        picture = Path(output_path) / f"styleguide-{size}-{theme}.png"
        page.screenshot(path=picture, full_page=True)
        assert picture.stat().st_size > 50_000
