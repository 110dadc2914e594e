"""The heads of pages: what can be done with all of it stands in one row."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Server, sign_in_as_demo

pytestmark = pytest.mark.e2e

MAKE_PLAYLIST = """
from django.contrib.auth import get_user_model
from music.models import Track
from playlists.editing import add_tracks
from playlists.models import Playlist
demo = get_user_model().objects.get(username="demo")
playlist = Playlist.objects.create(owner=demo, name="Heads")
add_tracks(playlist, [track.pk for track in Track.objects.all()[:3]], demo)
print(playlist.pk)
"""
MIDDLES = """
() => [...document.querySelectorAll(".hero-actions :is(button, a, summary)")]
    .filter((each) => each.checkVisibility() && !each.closest(".menu-panel"))
    .map((each) => each.getBoundingClientRect()).map(({ top, height }) => Math.round(top + height / 2))
"""


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_the_buttons_of_a_head_stand_in_one_row(
    demo_server: Server, open_page: Callable[..., Page], width: int
) -> None:
    playlist = demo_server.manage("shell", "-v", "0", "-c", MAKE_PLAYLIST).strip().splitlines()[-1]
    page = open_page(viewport={"width": width, "height": 900})
    sign_in_as_demo(page, demo_server)
    for path in ("/albums/1/", "/artists/1/", "/genres/jazz/", f"/playlists/{playlist}/", "/tracks/1/"):
        page.goto(demo_server.url + path)
        page.evaluate("document.documentElement.dataset.keeps = 'yes'")
        middles = page.evaluate(MIDDLES)
        assert len(middles) > 4
        assert len(set(middles)) == 1, path
