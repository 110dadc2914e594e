"""Somebody's playlists for themselves, each as JSPF: https://www.xspf.org/jspf."""

from collections.abc import Iterator
from typing import Any

from playlists.access import items_for
from playlists.files.entries import Entry, PlaylistFile
from playlists.files.jspf import as_jspf
from playlists.models import Playlist

COLUMNS = ("track_title", "track_credit", "duration_ms", "track__album__title", "track__recording_mbid", "track__isrc")


def playlists_of(user: Any) -> Iterator[dict[str, Any]]:
    """In the order of their names; the folder and who may see it are said in the terms of this place."""
    for playlist in Playlist.objects.of(user).select_related("folder").order_by("name", "pk").iterator():
        editing = playlist.editors.filter(accepted_at__isnull=False).order_by("invited_at")
        here = {
            "folder": playlist.folder.name if playlist.folder else "",
            "visibility": playlist.visibility,
            "editors": list(editing.values_list("user__username", flat=True)),
        }
        rows = items_for(user, playlist).values_list(*COLUMNS)
        yield as_jspf(
            PlaylistFile(playlist.name, playlist.description, [_entry(*row) for row in rows.iterator()]),
            creator=user.get_username(),
            date=playlist.created_at.isoformat(),
            extension={"music-streamer": [here]},
        )


def _entry(title: str, credit: str, duration_ms: int, album: str | None, mbid: str | None, isrc: str | None) -> Entry:
    return Entry(title, credit, album or "", duration_ms, recording_mbid=mbid or "", isrc=isrc or "")
