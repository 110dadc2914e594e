"""Playlists of the cast, without the pages."""

from typing import Any

from django.contrib.messages import get_messages
from django.test import Client
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


def played(client: Client, href: str) -> list[str]:
    """The titles of all that the player is given from there on to the end."""
    had: list[dict[str, Any]] = []
    while href:
        body = {"had": [int(track["id"]) for track in had]}
        answer = client.post(href, body, content_type="application/json").json()
        had, href = had + answer["tracks"], answer["href"]
    return [track["title"] for track in had]


def undo(client: Client, response: Any) -> Any:
    """Press the button of the message."""
    [message] = [each for each in get_messages(response.wsgi_request) if "undo-at" in each.extra_tags]
    return client.post(message.extra_tags.removeprefix("undo-at "))
