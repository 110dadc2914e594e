"""A playlist kept on a device."""

from typing import Any

from django.test import Client

from music.models import Track
from music.tests.catalogue import add_track
from playlists.editing import add_tracks
from playlists.models import Playlist
from playlists.tests.cast import playlist_of


def test_each_track_that_one_may_hear_is_kept_once(alice: Any, bob: Any, as_bob: Client) -> None:
    playlist = playlist_of(alice, "One", "Two", "Three", visibility="public")
    one = Track.objects.get(title="One")
    private = add_track(alice, "Hers", visibility="private")
    add_tracks(playlist, [private.pk, one.pk], alice)
    Track.objects.filter(title="Three").update(state="trashed")
    answer = as_bob.get(f"/playlists/{playlist.pk}/keep/").json()
    assert [track["title"] for track in answer["tracks"]] == ["One", "Two"]
    assert (answer["key"], answer["href"]) == (f"playlist:{playlist.pk}", f"/playlists/{playlist.pk}/")
    page = as_bob.get(f"/playlists/{playlist.pk}/").content.decode()
    assert f'data-keep-key="playlist:{playlist.pk}" data-keep-count="2"' in page


def test_one_that_is_not_shown_is_not_there_to_keep(alice: Any, as_bob: Client) -> None:
    playlist = playlist_of(alice, "One", visibility="link")
    assert as_bob.get(f"/playlists/{playlist.pk}/keep/").status_code == 404
    by_link = as_bob.get(f"/playlists/shared/{playlist.secret}/").content.decode()
    assert "One" in by_link and "data-keep-key" not in by_link


def test_an_empty_one_has_no_button(alice: Any, as_alice: Client) -> None:
    playlist = Playlist.objects.create(owner=alice, name="Empty")
    assert "data-keep-key" not in as_alice.get(f"/playlists/{playlist.pk}/").content.decode()
