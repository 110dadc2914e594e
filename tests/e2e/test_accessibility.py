"""axe on every page, in both themes, on a desktop and a phone."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, sign_in_as_demo, sign_up

pytestmark = pytest.mark.e2e

PUBLIC = [
    "/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-nonsense/", "/accounts/confirm-email/nonsense/", "/accounts/inactive/",
]  # fmt: skip
SIGNED_IN = [
    "/", "/tracks/", "/tracks/?genre=jazz&format=wav", "/albums/", "/artists/", "/genres/", "/search/?q=zzz",
    "/tracks/1/", "/tracks/1/edit/", "/tracks/edit/?track=1&track=2", "/uploads/", "/uploads/trash/",
    "/artists/1/", "/albums/1/", "/genres/jazz/", "/genres/gospel/", "/upload/", "/upload/review/", "/history/",
    "/offline/", "/review/", "/review/2026/", "/settings/services/",
    "/history/?outcome=completed&from=2020-01-01", "/history/delete/", "/history/delete/?from=2020-01-01",
    "/history/import/", "/numbers/?period=all", "/numbers/?from=2020-01-01&to=2020-01-02",
    "/numbers/tracks/?period=all", "/settings/listening/", "/settings/data/", "/settings/devices/",
    "/discover/weekly/", "/discover/mix/1/", "/discover/because/1/", "/radio/track/1/", "/radio/me/me/",
    "/similar/tracks/1/", "/similar/artists/1/", "/listeners/demo/", "/taste/", "/taste/reset/", "/profile/",
    "/profile/delete/", "/nowhere/", "/accounts/email/", "/accounts/logout/", "/accounts/password/change/",
    "/playlists/", "/playlists/new/", "/playlists/import/", "/playlists/starred/", "/playlists/smart/",
    "/playlists/smart/new/", "/shares/", "/albums/1/share/", "/settings/security/",
    "/people/", "/people/?name=zzz", "/people/demo/", "/following/", "/notifications/",
]  # fmt: skip
SIZES = {"desktop": (1440, 1000), "phone": (390, 844)}


def violations(page: Page) -> list[str]:
    # Colours in the middle of a transition are nobody's choice.
    page.wait_for_timeout(250)
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES)
def test_no_page_has_a_barrier(demo_server: Server, open_page: Callable[..., Page], theme: str, size: str) -> None:
    width, height = SIZES[size]
    page = open_page(viewport={"width": width, "height": height}, color_scheme=theme)
    found: list[str] = []
    for path in PUBLIC:
        page.goto(demo_server.url + path)
        found += violations(page)
    sign_in_as_demo(page, demo_server)
    for path in SIGNED_IN:
        page.goto(demo_server.url + path)
        found += violations(page)
    page.goto(demo_server.url)
    page.locator(".offer summary").first.press("Enter")
    found += violations(page)
    page.goto(f"{demo_server.url}/genres/jazz/")
    page.locator(".tune summary").press("Enter")
    found += violations(page)
    page.goto(f"{demo_server.url}/tracks/1/")
    page.locator(".tune summary").last.press("Enter")
    found += violations(page)
    page.goto(f"{demo_server.url}/albums/1/")
    page.locator("main").get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(500)
    found += violations(page)
    if size == "phone":
        page.locator("[data-player=more]").click()
        found += violations(page)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    found += violations(page)
    assert found == []


def test_an_empty_place_has_no_barrier_either(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_up(page, server.url, "lonely")
    found: list[str] = []
    for path in ("/", "/taste/", "/tracks/", "/history/", "/numbers/", "/history/import/", "/review/", "/review/2026/"):
        page.goto(server.url + path)
        found += violations(page)
    assert found == []
