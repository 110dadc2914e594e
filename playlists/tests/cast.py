"""Playlists of the cast, without the pages."""

from typing import Any

from django.utils import timezone

from music.tests.catalogue import add_track
from playlists.editing import add_tracks
from playlists.models import Editor, Playlist


def playlist_of(owner: Any, *titles: str, **more: Any) -> Playlist:
    """With a public track of that title for each."""
    playlist = Playlist.objects.create(owner=owner, **{"name": "Evening", **more})
    add_tracks(playlist, [add_track(owner, title).pk for title in titles], owner)
    return playlist


def edited_by(playlist: Playlist, user: Any) -> Editor:
    return Editor.objects.create(playlist=playlist, user=user, accepted_at=timezone.now())


def titles(playlist: Playlist) -> list[str]:
    return list(playlist.items.order_by("position").values_list("track_title", flat=True))
