"""JSPF: XSPF as JSON, as ListenBrainz has it."""

import json
from itertools import islice
from typing import Any

from playlists.files.entries import (
    MOST_ENTRIES,
    NO_PLAYLIST,
    Entry,
    NotAPlaylistError,
    PlaylistFile,
    entry_of,
    identifiers_of,
    text,
)


def read_jspf(content: bytes) -> PlaylistFile:
    """Raises NotAPlaylistError."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError) as flaw:
        raise NotAPlaylistError(NO_PLAYLIST) from flaw
    playlist = said.get("playlist") if isinstance(said, dict) else None
    tracks = playlist.get("track") if isinstance(playlist, dict) else None
    if not isinstance(playlist, dict) or not isinstance(tracks, list):
        raise NotAPlaylistError(NO_PLAYLIST)
    entries = [
        entry_of(each, _texts(each.get("location")), _texts(each.get("identifier")))
        for each in islice((each for each in tracks if isinstance(each, dict)), MOST_ENTRIES + 1)
    ]
    return PlaylistFile(text(playlist.get("title")), text(playlist.get("annotation"), 2000), entries)


def write_jspf(playlist: PlaylistFile) -> str:
    return json.dumps(as_jspf(playlist), ensure_ascii=False, indent=2)


def as_jspf(playlist: PlaylistFile, **more: Any) -> dict[str, Any]:
    """With what else is to be said of the playlist."""
    said = {"title": playlist.name, "annotation": playlist.description, **more}
    return {"playlist": said | {"track": [*map(_track, playlist.entries)]}}


def _track(entry: Entry) -> dict[str, Any]:
    said = {
        "location": [entry.location] if entry.location else [],
        "identifier": identifiers_of(entry),
        "title": entry.title,
        "creator": entry.artist,
        "album": entry.album,
        "duration": entry.duration_ms,
    }
    return {name: value for name, value in said.items() if value}


def _texts(said: Any) -> list[str]:
    """One, or a list of them."""
    return [each for each in (said if isinstance(said, list) else [said]) if isinstance(each, str)]
