"""Whose playlists are seen by whom, told of where, and who is invited."""

from typing import Any

import pytest
from django.test import Client

from music.tests.catalogue import add_track
from playlists.editing import add_tracks
from playlists.inviting import CannotInviteError, invite
from playlists.models import Playlist
from playlists.tests.cast import edited_by, playlist_of
from social.feed import feed_of
from social.tests.test_people import cast, set_profile, text  # noqa: F401 a fixture
from users import following
from users.models import Notification

SEEN_BY = {
    "private": {"owner"},
    "link": {"owner"},
    "followers": {"owner", "follower"},
    "public": {"owner", "follower", "asked", "stranger"},
}
ON_PROFILES = {"followers", "public"}


@pytest.mark.parametrize("visibility", list(SEEN_BY))
def test_a_playlist_is_seen_and_listed_by_whom_it_is_for(
    cast: dict[str, Client],  # noqa: F811
    alice: Any,
    visibility: str,
) -> None:
    playlist = playlist_of(alice, "One", visibility=visibility, name="Evening out")
    set_profile(alice, tells_shared=True)
    opened = {name for name, client in cast.items() if client.get(f"/playlists/{playlist.pk}/").status_code == 200}
    listed = {name for name, client in cast.items() if "Evening out" in text(client, "/people/alice/")}
    told = {name for name, client in cast.items() if "Evening out" in text(client, "/following/")}
    assert opened == SEEN_BY[visibility]
    assert listed == (SEEN_BY[visibility] if visibility in ON_PROFILES else set())
    assert told == ({"follower"} if visibility in ON_PROFILES else set())


def test_a_blocker_takes_their_playlists_along(as_bob: Client, alice: Any, bob: Any) -> None:
    public, linked = (playlist_of(alice, "One", visibility=each, name=f"For {each}") for each in ("public", "link"))
    edited_by(public, bob)
    following.block(alice, bob)
    for path in (f"/playlists/{public.pk}/", f"/playlists/shared/{linked.secret}/"):
        assert as_bob.get(path).status_code == 404
    assert "For public" not in text(as_bob, "/playlists/")
    with pytest.raises(CannotInviteError):
        invite(playlist_of(bob, "Mine"), "alice")


def test_who_is_invited_is_told_once(as_bob: Client, alice: Any, bob: Any) -> None:
    playlist = playlist_of(alice, "One", name="<b>Ours</b>")
    for _ in range(2):
        invite(playlist, "bob")
    assert Notification.objects.get().user == bob
    page = text(as_bob, "/notifications/")
    assert "invites you to the playlist" in page
    assert "&lt;b&gt;Ours" in page and "<b>Ours" not in page


def test_the_feed_tells_of_shared_playlists_of_those_who_tell_it(alice: Any, bob: Any) -> None:
    following.ask(bob, alice)
    following.accept(alice, bob)
    playlist = playlist_of(alice, "One", visibility="followers")
    Playlist.objects.create(owner=alice, name="Empty", visibility="public")
    assert feed_of(bob, "").entries == []
    set_profile(alice, tells_shared=True)
    add_tracks(playlist, [add_track(alice, "Two").pk], alice)
    [entry] = feed_of(bob, "").entries
    assert (entry.playlist, entry.tracks) == (playlist, 2)
    following.mute(bob, alice)
    assert feed_of(bob, "").entries == []
