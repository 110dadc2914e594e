from typing import Any

import pytest
from django.test import Client

from music.files import store_cover

FOR_EVER = "max-age=31536000, immutable"


@pytest.fixture
def picture(settings: Any) -> str:
    return f"/covers/{store_cover({96: b'small', 320: b'large'})}-320.webp"


@pytest.fixture
def addresses(picture: str) -> list[str]:
    return [picture, "/covers/album-7.svg"]


def test_a_browser_keeps_pictures_for_ever_whatever_its_cookies_become(as_bob: Client, addresses: list[str]) -> None:
    for address in addresses:
        response = as_bob.get(address)
        assert response.status_code == 200
        assert FOR_EVER in response["Cache-Control"]
        assert "Cookie" not in response.get("Vary", "")
        again = as_bob.get(address, headers={"If-None-Match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert FOR_EVER in again["Cache-Control"]


def test_pictures_of_people_are_for_members_and_drawn_ones_for_all(client: Client, picture: str) -> None:
    assert client.get(picture).status_code == 302
    assert client.get("/covers/album-7.svg")["Cache-Control"] == f"public, {FOR_EVER}"


def test_what_is_not_there_is_not_kept(as_bob: Client) -> None:
    response = as_bob.get(f"/covers/{'0' * 32}-320.webp")
    assert response.status_code == 404
    assert FOR_EVER not in response.get("Cache-Control", "")


def test_with_nginx_in_front_only_the_address_of_a_picture_is_sent(as_bob: Client, picture: str, settings: Any) -> None:
    settings.X_ACCEL_REDIRECT_PREFIX = "/protected/"
    response = as_bob.get(picture)
    name = picture.removeprefix("/covers/")
    assert response["X-Accel-Redirect"] == f"/protected/covers/{name[:2]}/{name}"
    assert response.content == b""
    assert FOR_EVER in response["Cache-Control"]
