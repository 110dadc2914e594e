"""XSPF, read by defusedxml: entities, which can be bombs or other people's files, are refused."""

from itertools import islice
from typing import Any
from xml.etree import ElementTree

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from playlists.files.entries import (
    MOST_ENTRIES,
    NO_PLAYLIST,
    NotAPlaylistError,
    PlaylistFile,
    entry_of,
    identifiers_of,
    text,
)

XSPF = "http://xspf.org/ns/0/"
NAMES = ("title", "creator", "album", "duration")


def read_xspf(content: bytes) -> PlaylistFile:
    """Raises NotAPlaylistError."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as flaw:
        raise NotAPlaylistError(NO_PLAYLIST) from flaw
    if root.tag != _tag("playlist"):
        raise NotAPlaylistError(NO_PLAYLIST)
    tracks = islice(root.iterfind(f"{_tag('trackList')}/{_tag('track')}"), MOST_ENTRIES + 1)
    entries = [
        entry_of({name: _said(each, name) for name in NAMES}, _all(each, "location"), _all(each, "identifier"))
        for each in tracks
    ]
    return PlaylistFile(text(_said(root, "title")), text(_said(root, "annotation"), 2000), entries)


def write_xspf(playlist: PlaylistFile) -> str:
    ElementTree.register_namespace("", XSPF)
    root = ElementTree.Element(_tag("playlist"), {"version": "1"})
    _add(root, "title", playlist.name)
    _add(root, "annotation", playlist.description)
    tracks = ElementTree.SubElement(root, _tag("trackList"))
    for entry in playlist.entries:
        track = ElementTree.SubElement(tracks, _tag("track"))
        _add(track, "location", entry.location)
        for each in identifiers_of(entry):
            _add(track, "identifier", each)
        _add(track, "title", entry.title)
        _add(track, "creator", entry.artist)
        _add(track, "album", entry.album)
        _add(track, "duration", str(entry.duration_ms or ""))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _tag(name: str) -> str:
    return f"{{{XSPF}}}{name}"


def _said(element: Any, name: str) -> str:
    return element.findtext(_tag(name)) or ""


def _all(element: Any, name: str) -> list[str]:
    return [each.text for each in element.findall(_tag(name)) if each.text]


def _add(parent: Any, name: str, said: str) -> None:
    """Without what XML has no way to say."""
    if said:
        kept = "".join(letter for letter in said if letter in "\t\n\r" or " " <= letter not in "\ufffe\uffff")
        ElementTree.SubElement(parent, _tag(name)).text = kept
