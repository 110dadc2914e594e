"""A link from an album's page to somebody without an account, who hears it until it is turned off."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, sign_in_as_demo
from tests.e2e.test_accessibility import violations

pytestmark = pytest.mark.e2e


def test_a_link_is_made_heard_and_turned_off(demo_server: Server, open_page: Callable[..., Page]) -> None:
    owner, visitor = open_page(), open_page(viewport={"width": 390, "height": 844})
    sign_in_as_demo(owner, demo_server)
    owner.goto(f"{demo_server.url}/albums/1/")
    owner.locator("main summary", has_text="More").click()
    owner.get_by_role("link", name="Share…").click()
    owner.get_by_role("button", name="Make the link").click()
    address = owner.get_by_label("Link", exact=True).first.input_value()
    assert violations(owner) == []

    response = visitor.goto(address)
    assert response is not None and response.status == 200
    assert visitor.context.cookies() == []
    assert violations(visitor) == []
    title = visitor.locator("[data-share-track]").nth(1).get_attribute("data-title")
    visitor.get_by_role("link", name=title).click()
    expect(visitor.locator("[data-share-title]")).to_have_text(str(title))
    # 37 s long: with half of it heard it is a play.
    with visitor.expect_response(re.compile("/played/$"), timeout=60_000) as told:
        expect(visitor.locator("[data-share-position]")).not_to_have_text("0:00")
    assert told.value.status == 200
    assert visitor.context.cookies() == []
    owner.reload()
    expect(owner.locator("main li.card").first).to_contain_text("1 play")

    owner.get_by_role("button", name=re.compile("^Turn off")).first.click()
    expect(owner.get_by_text("The link no longer leads anywhere.")).to_be_visible()
    visitor.get_by_role("button", name="Previous").click()  # to its beginning
    visitor.get_by_role("button", name="Previous").click()
    expect(visitor.get_by_role("status")).to_have_text("This link no longer works.")
    response = visitor.goto(address)
    assert response is not None and response.status == 404
    owner.get_by_role("button", name="Undo").click()
    expect(owner.get_by_text("The link works again.")).to_be_visible()
    response = visitor.goto(f"{address}embed/")
    assert response is not None and response.status == 200
    assert violations(visitor) == []
    visitor.get_by_role("button", name="Play all").click()
    expect(visitor.locator("[data-share-position]")).not_to_have_text("0:00")


def test_a_link_with_a_password_opens_with_it_alone(demo_server: Server, open_page: Callable[..., Page]) -> None:
    owner, visitor = open_page(), open_page()
    sign_in_as_demo(owner, demo_server)
    owner.goto(f"{demo_server.url}/albums/1/share/")
    owner.get_by_label("Password, if you like").fill("open sesame")
    owner.get_by_role("button", name="Make the link").click()
    address = owner.get_by_label("Link", exact=True).first.input_value()

    visitor.goto(address)
    visitor.get_by_label("Password").fill("open barley")
    visitor.get_by_role("button", name="Open").click()
    expect(visitor.locator("main")).to_contain_text("That is not the password of this link.")
    visitor.get_by_label("Password").fill("open sesame")
    visitor.get_by_role("button", name="Open").click()
    visitor.get_by_role("button", name="Play all").click()
    expect(visitor.locator("[data-share-position]")).not_to_have_text("0:00")
