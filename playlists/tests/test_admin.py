"""What staff see of playlists, and what they can do about them."""

from typing import Any

from django.test import Client

from playlists.models import Playlist
from playlists.tests.cast import playlist_of
from users.roles import Role, set_role

LIST = "/admin/playlists/playlist/"


def as_admin(alice: Any, client: Client) -> Client:
    set_role(alice, Role.ADMIN)
    client.force_login(alice)
    return client


def test_staff_see_what_others_see_and_no_private_playlist(alice: Any, bob: Any, client: Client) -> None:
    shown, hidden = playlist_of(bob, name="Rude words"), playlist_of(bob, name="For me alone")
    Playlist.objects.filter(pk=shown.pk).update(visibility="public")
    page = as_admin(alice, client).get(f"{LIST}?q=bob").content.decode()
    assert "Rude words" in page and "For me alone" not in page
    assert client.get(f"{LIST}{shown.pk}/change/").status_code == 200
    assert client.get(f"{LIST}{hidden.pk}/change/").status_code == 302


def test_staff_make_private_and_take_the_cover_away(alice: Any, bob: Any, client: Client) -> None:
    shown, hidden = playlist_of(bob, name="Rude words"), playlist_of(bob, name="For me alone")
    Playlist.objects.update(cover="ab")
    Playlist.objects.filter(pk=shown.pk).update(visibility="public")
    chosen = {"_selected_action": [shown.pk, hidden.pk]}
    as_admin(alice, client).post(LIST, {"action": "take_cover_away"} | chosen)
    client.post(LIST, {"action": "make_private"} | chosen)
    shown.refresh_from_db()
    hidden.refresh_from_db()
    assert (shown.visibility, shown.cover, hidden.cover) == ("private", "", "ab")
