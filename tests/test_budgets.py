"""What a first page makes a browser load, in bytes as they are sent."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from conftest import MP3, bring_in
from music.models import Track

THEME = Path(settings.BASE_DIR) / "theme" / "static" / "theme"
KB = 1024


def sent(content: bytes) -> int:
    return len(gzip.compress(content))


@pytest.mark.parametrize(("name", "most"), [("app.js", 60 * KB), ("app.css", 16 * KB)])
def test_what_every_page_loads_is_small(name: str, most: int) -> None:
    assert sent((THEME / name).read_bytes()) <= most


def test_what_comes_late_finds_its_properties_registered() -> None:
    registered = {*re.findall(r"@property (--[\w-]+)", (THEME / "app.css").read_text())}
    [late] = (THEME / "chunks").glob("player.*.css")
    styles = re.sub(r"@layer properties\{.*?\}\}\}", "", late.read_text())
    assert "@property" not in styles
    assert {*re.findall(r"var\((--tw-[\w-]+)\)", styles)} - {*re.findall(r"(--tw-[\w-]+):", styles)} <= registered


def test_no_has_reaches_all_that_is_within() -> None:
    """With one such, whatever is hidden, disabled or checked anywhere restyles the whole page."""
    assert not re.findall(r":has\([^{}]*\) \*[^{}]*\{", (THEME / "app.css").read_text())


def test_no_rule_is_tried_on_every_element_without_a_look_around_it() -> None:
    """A browser rules out `.list > *` by the classes above an element, but not what is wrapped in :where() or :is()."""
    styles = (THEME / "app.css").read_text()
    assert not re.findall(r"[},](:(?:where|is)\([^{}()]*[ >][^{}]*\))\{", styles)
    assert not re.findall(r"(?<!:root)::selection", styles)
    assert "body:has(" not in styles


def test_the_fonts_of_a_page_in_english_are_small() -> None:
    latin = [path for path in THEME.rglob("*.woff2") if "latin" in path.name and "-ext" not in path.name]
    assert latin and sum(path.stat().st_size for path in latin) <= 90 * KB


def test_a_page_of_fifty_rows_is_small(as_alice: Client, alice: Any) -> None:
    [track] = bring_in(as_alice, MP3)
    fields = {
        field.attname: getattr(track, field.attname) for field in Track._meta.concrete_fields if not field.primary_key
    }
    Track.objects.bulk_create(
        Track(**fields | {"title": f"A track of some length, number {number}", "audio_sha256": f"{number:064}"})
        for number in range(60)
    )
    page = as_alice.get("/tracks/")
    assert page.content.count(b"data-play ") >= 50
    assert sent(page.content) <= 25 * KB
