"""Entries by where their files lie: as their paths end, so do those of files brought in from the server's disk."""

from collections.abc import Sequence
from typing import Any

from music.models import Track
from playlists.files.entries import Entry
from uploads.disk.paths import decoded, shown
from uploads.models import LibraryFile

# Artist, album and file. What lies above them is nobody's to find out by trying.
LONGEST_TAIL = 3
MOST_APART_MS = 15_000

Tail = tuple[str, ...]


def by_paths(user: Any, entries: Sequence[Entry]) -> dict[Tail, int]:
    """For each tail of an entry the one track of those that the user may hear; 0 where several end like it.

    A file's name alone is too little, and more than is in the playlist cannot be asked for.
    """
    wanted = {entry.tail: entry for entry in entries if len(entry.tail) > 1}
    if not wanted:
        return {}
    tracks = Track.objects.visible_to(user).filter(original_filename__in={tail[-1] for tail in wanted})
    files = LibraryFile.objects.filter(track__in=tracks).values_list("path", "track_id", "track__duration_ms")
    found: dict[Tail, int] = {}
    for path, pk, duration_ms in files.iterator():
        parts = tuple(shown(decoded(path)).split("/"))
        for tail in (parts[-length:] for length in range(2, LONGEST_TAIL + 1)):
            if tail in wanted and _is_as_long(wanted[tail], duration_ms):
                found[tail] = pk if found.get(tail, pk) == pk else 0
    return found


def _is_as_long(entry: Entry, duration_ms: int) -> bool:
    return not entry.duration_ms or abs(entry.duration_ms - duration_ms) <= MOST_APART_MS
