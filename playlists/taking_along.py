"""Somebody's playlists for themselves, each as JSPF: https://www.xspf.org/jspf."""

from collections.abc import Iterator
from typing import Any

from playlists.access import items_for
from playlists.models import Playlist

COLUMNS = ("track_title", "track_credit", "duration_ms", "track__album__title", "track__recording_mbid")


def playlists_of(user: Any) -> Iterator[dict[str, Any]]:
    """In the order of their names; the folder and who may see it are said in the terms of this place."""
    for playlist in Playlist.objects.of(user).select_related("folder").order_by("name", "pk").iterator():
        yield {
            "playlist": {
                "title": playlist.name,
                "annotation": playlist.description,
                "creator": user.get_username(),
                "date": playlist.created_at.isoformat(),
                "extension": {
                    "music-streamer": [
                        {
                            "folder": playlist.folder.name if playlist.folder else "",
                            "visibility": playlist.visibility,
                            "editors": list(playlist.editors.values_list("user__username", flat=True)),
                        }
                    ]
                },
                "track": [_track(*row) for row in items_for(user, playlist).values_list(*COLUMNS).iterator()],
            }
        }


def _track(title: str, credit: str, duration_ms: int, album: str | None, mbid: str | None) -> dict[str, Any]:
    track = {"title": title, "creator": credit, "album": album or "", "duration": duration_ms}
    return track | ({"identifier": [f"https://musicbrainz.org/recording/{mbid}"]} if mbid else {})
