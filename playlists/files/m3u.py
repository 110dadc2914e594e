"""Extended M3U in UTF-8."""

import io
import re
from pathlib import PurePath

from playlists.files.entries import (
    MOST_ENTRIES,
    NO_PLAYLIST,
    Entry,
    NotAPlaylistError,
    PlaylistFile,
    milliseconds,
    text,
)

EXTINF = re.compile(r"#EXTINF:\s*(-?\d{1,9})?", re.IGNORECASE)
# Where nothing says that it is a playlist a line must itself look like music, else any text would be one.
MUSIC = re.compile(r"://|\.\w{2,5}$| - ")


def read_m3u(content: bytes) -> PlaylistFile:
    """Of older files the letters are Latin ones. Raises NotAPlaylistError."""
    if b"\0" in content:
        raise NotAPlaylistError(NO_PLAYLIST)
    try:
        lines = io.StringIO(content.decode("utf-8-sig"), newline=None)
    except UnicodeDecodeError:
        lines = io.StringIO(content.decode("latin-1"), newline=None)
    name, album, about = "", "", ("", 0)
    entries = []
    is_extended = False
    for line in map(str.strip, lines):
        is_extended = is_extended or line.upper().startswith("#EXT")
        head, _comma, said = line.partition(",")
        if found := EXTINF.match(head):
            about = said.strip(), milliseconds(found[1] or 0) * 1000
        elif line.upper().startswith("#PLAYLIST:"):
            name = text(line[10:])
        elif line.upper().startswith("#EXTALB:"):
            album = text(line[8:])
        elif line and not line.startswith("#") and (is_extended or MUSIC.search(line)):
            entries.append(_entry(line, *about, album))
            album, about = "", ("", 0)
            if len(entries) > MOST_ENTRIES:
                break
    if not any(entry.title for entry in entries):
        raise NotAPlaylistError(NO_PLAYLIST)
    return PlaylistFile(name, "", entries)


def write_m3u(playlist: PlaylistFile) -> str:
    lines = ["#EXTM3U", f"#PLAYLIST:{text(playlist.name)}"]
    for entry in playlist.entries:
        lines += [f"#EXTINF:{round(entry.duration_ms / 1000)},{text(entry.artist)} - {text(entry.title)}"]
        lines += [f"#EXTALB:{text(entry.album)}"] if entry.album else []
        lines += [entry.location]
    return "\n".join([*lines, ""])


def _entry(location: str, about: str, duration_ms: int, album: str) -> Entry:
    """Who and what is said before it, or by the name of the file."""
    said = about or PurePath(location.replace("\\", "/")).stem
    artist, dash, title = said.partition(" - ")
    known = (text(title), text(artist)) if dash else (text(said), "")
    return Entry(*known, album=album, duration_ms=duration_ms, location=location[:2000])
