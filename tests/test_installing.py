"""What a browser reads before it offers to install the site, and the service worker's own file."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from theme.app_icons import SIZES, picture

pytestmark = pytest.mark.django_db
PNG_SIZE = slice(16, 24)


def test_the_manifest_names_pictures_that_are_there_and_pages_that_are_ours(client: Client, as_alice: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert (told["start_url"], told["scope"], told["display"]) == ("/", "/", "standalone")
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        path = Path(finders.find(icon["src"].removeprefix("/static/")) or "")
        width, height = (int(pixels) for pixels in icon["sizes"].split("x"))
        assert path.read_bytes()[PNG_SIZE] == width.to_bytes(4, "big") + height.to_bytes(4, "big")
    for shortcut in told["shortcuts"]:
        assert as_alice.get(shortcut["url"]).status_code == 200
    assert '<link rel="manifest" href="/manifest.webmanifest">' in client.get("/").content.decode()


@pytest.mark.parametrize("name", SIZES)
def test_the_pictures_are_those_of_the_logo(name: str) -> None:
    assert Path(finders.find(name) or "").read_bytes() == picture(name)


def test_the_worker_is_asked_for_anew_and_names_files_that_are_there(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"] == "text/javascript"
    assert answer["Cache-Control"] == "no-cache"
    assert answer["Vary"] == "Accept-Encoding"
    said = re.match(r"const BUILD = (\{.*\});\n", answer.content.decode())
    assert said
    build: dict[str, Any] = json.loads(said[1])
    assert re.fullmatch("[0-9a-f]{12}", build["version"])
    assert "/static/theme/app.js" in build["assets"]
    for path in build["assets"]:
        assert finders.find(path.removeprefix("/static/")), path


def test_the_policy_lets_in_workers_and_manifests_of_our_own_only(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert "manifest-src 'self'" in policy
