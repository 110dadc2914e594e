"""What a playlist file says of each track, whichever format it has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from music.matching import Heard

MOST_ENTRIES = 5000  # a reader stops at one more
LONGEST = 255
LONGEST_MS = 7 * 24 * 3600 * 1000
RECORDING = re.compile(r"musicbrainz\.org/recording/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
ISRC = re.compile(r"\bisrc[:/]([A-Za-z]{2}[A-Za-z0-9]{3}\d{7})\b", re.IGNORECASE)
TRACK_PAGE = re.compile(r"/(?:tracks|stream)/(\d{1,18})/?$")


class NotAPlaylistError(ValueError):
    """`str()` says what to do instead."""


@dataclass(frozen=True)
class Entry:
    """Unknown is "" or 0."""

    title: str = ""
    artist: str = ""
    album: str = ""
    duration_ms: int = 0
    location: str = ""
    recording_mbid: str = ""
    isrc: str = ""

    @property
    def heard(self) -> Heard:
        return Heard(self.artist, self.title, self.album, self.duration_ms, self.recording_mbid, self.isrc)

    @property
    def filename(self) -> str:
        """With which the location ends, of whatever system."""
        return _storable(re.split(r"[/\\]", unquote(self.location))[-1])

    @property
    def tail(self) -> tuple[str, ...]:
        """The last folders and the name, of whatever system."""
        parts = re.split(r"[/\\]", _storable(unquote(self.location)))
        return tuple(part for part in parts if part not in ("", ".", ".."))[-3:]

    def track_id(self, host: str) -> int:
        """Of the track whose page here the location is; 0 when it is none."""
        try:
            parts = urlsplit(self.location) if len(self.location) < 2000 else urlsplit("")
        except ValueError:
            return 0
        found = TRACK_PAGE.search(parts.path) if parts.netloc == host else None
        return int(found[1]) if found else 0


@dataclass(frozen=True)
class PlaylistFile:
    name: str
    description: str
    entries: list[Entry]


def text(said: Any, longest: int = LONGEST) -> str:
    """On one line, such as every database takes."""
    if not isinstance(said, str):
        return ""
    return " ".join(_storable(said).split())[:longest]


def _storable(said: str) -> str:
    return said.encode("utf-8", "replace").decode().replace("\0", " ")


def milliseconds(said: Any) -> int:
    """0 of what is no length."""
    try:
        ms = int(said)
    except (TypeError, ValueError, OverflowError):
        return 0
    return ms if 0 < ms <= LONGEST_MS else 0


def entry_of(said: dict[str, Any], locations: list[str], identifiers: list[str]) -> Entry:
    """Of an XSPF or JSPF track, which have the same names."""
    named = " ".join(identifiers)
    recording, isrc = RECORDING.search(named), ISRC.search(named)
    return Entry(
        title=text(said.get("title")),
        artist=text(said.get("creator")),
        album=text(said.get("album")),
        duration_ms=milliseconds(said.get("duration")),
        location=locations[0].strip() if locations else "",
        recording_mbid=recording[1].lower() if recording else "",
        isrc=isrc[1].upper() if isrc else "",
    )


def identifiers_of(entry: Entry) -> list[str]:
    found = [f"https://musicbrainz.org/recording/{entry.recording_mbid}"] if entry.recording_mbid else []
    return [*found, f"isrc:{entry.isrc}"] if entry.isrc else found


NO_PLAYLIST = _("That is no playlist. Choose an M3U8, XSPF or JSPF file.")
