"""In each language from the first page on: its words, days and numbers, in its direction, inside a phone's width."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Server

pytestmark = pytest.mark.e2e

PHONE = {"width": 390, "height": 844}
PAGES = ("/", "/tracks/", "/albums/1/", "/tracks/1/", "/upload/", "/profile/", "/history/")


def test_a_visitor_who_chooses_german_is_at_home_in_it(demo_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(demo_server.url)
    page.get_by_label("Language").click()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.locator("header").get_by_role("link", name="Registrieren").click()
    sign_up_here(page, "heidi")
    page.wait_for_url(f"{demo_server.url}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Guten (Morgen|Tag|Abend), heidi$"))

    page.goto(f"{demo_server.url}/tracks/1/")
    facts = page.locator("main dl")
    expect(facts).to_contain_text(re.compile(r"\d,\d\s[KM]B"))
    expect(facts).to_contain_text(re.compile(r"\d{1,2}\. \w+ \d{4}"))
    page.goto(f"{demo_server.url}/albums/1/")
    page.locator("main").get_by_role("button", name="Abspielen", exact=True).click()
    expect(page.locator("#player").get_by_role("button", name="Pause", exact=True)).to_be_visible()

    page.goto(f"{demo_server.url}/profile/")
    page.get_by_label("Sprache").select_option("ar")
    page.locator("main").get_by_role("button", name="Speichern").first.click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")


def sign_up_here(page: Page, username: str) -> None:
    page.locator("[name=username]").fill(username)
    page.locator("[name=email]").fill(f"{username}@example.org")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    page.locator("main form button.btn-primary").click()


def test_no_language_is_wider_than_a_phone(demo_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport=PHONE)
    page.goto(f"{demo_server.url}/accounts/signup/")
    sign_up_here(page, "traveller")
    page.wait_for_url(f"{demo_server.url}/")
    for language, _name in settings.LANGUAGES:
        page.goto(f"{demo_server.url}/profile/")
        page.locator("[name=language]").select_option(language)
        page.locator("main form button.btn-primary").first.click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        for path in PAGES:
            page.goto(demo_server.url + path)
            expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} in {language}"
            assert stick_out(page) == [], f"{path} in {language}"


def stick_out(page: Page) -> list[str]:
    """What begins or ends beyond the window and is in nothing that scrolls; shut menus and the like take no room."""
    return page.evaluate(
        """() => [...document.querySelectorAll("main :is(h1, h2, h3, p, a, button, input, select)")]
            .filter((each) => each.checkVisibility() && !each.closest(".sr-only, .shelf, [class*=overflow-x-auto]"))
            .filter((each) => each.getBoundingClientRect().left < 0 || each.getBoundingClientRect().right > innerWidth)
            .map((each) => each.outerHTML.slice(0, 160))"""
    )
