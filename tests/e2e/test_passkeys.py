"""An authenticator of the browser's own, as a phone or a key has one: added, used, renamed, removed."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Server, sign_up

pytestmark = pytest.mark.e2e


def with_an_authenticator(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    abilities = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**abilities, "isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_signs_in_without_a_password(server: Server, open_page: Callable[..., Page]) -> None:
    url = server.url.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, not to a number
    page = open_page()
    with_an_authenticator(page)
    sign_up(page, url, "petra")

    page.goto(f"{url}/settings/security/")
    page.get_by_role("link", name="Add a passkey").click()
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("Petra's phone")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.get_by_role("list", name="Codes that are left").get_by_role("listitem")).to_have_count(10)

    page.context.clear_cookies()
    page.goto(f"{url}/accounts/login/?next=/albums/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{url}/albums/")

    page.context.clear_cookies()
    page.goto(f"{url}/accounts/login/")
    page.locator("[name=login]").fill("petra")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{url}/")

    page.goto(f"{url}/settings/security/")
    page.get_by_role("link", name=re.compile("^Rename.*Petra's phone")).click()
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("The old phone")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name=re.compile("^Remove.*The old phone")).click()
    page.get_by_role("button", name="Remove passkey").click()
    expect(page).to_have_url(re.compile("/settings/security/$"))
    expect(page.get_by_text("The old phone")).to_have_count(0)
