"""Files into playlists and back. What the library does not have keeps its place until it comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from fractional_indexing import generate_n_keys_between

from music.keys import recording_key
from music.matching import Matcher
from music.models import Track
from playlists.access import items_for, locked
from playlists.editing import add_tracks
from playlists.files.entries import MOST_ENTRIES, NO_PLAYLIST, Entry, NotAPlaylistError, PlaylistFile
from playlists.files.jspf import read_jspf, write_jspf
from playlists.files.m3u import read_m3u, write_m3u
from playlists.files.paths import by_paths
from playlists.files.xspf import read_xspf, write_xspf
from playlists.models import MissingTrack, Playlist, PlaylistItem

AT_ONCE = 500
WRITERS = {
    "m3u8": (write_m3u, "audio/x-mpegurl"),
    "xspf": (write_xspf, "application/xspf+xml"),
    "jspf": (write_jspf, "application/json"),
}


def read(content: bytes) -> PlaylistFile:
    """What it is, it shows by itself. Raises NotAPlaylistError."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    found = {b"<": read_xspf, b"{": read_jspf}.get(start, read_m3u)(content)
    if not found.entries:
        raise NotAPlaylistError(NO_PLAYLIST)
    return found


@transaction.atomic
def fill(playlist: Playlist, entries: Sequence[Entry], host: str) -> int:
    """Put what is found into the new playlist of its owner, and keep the places of the others; how many are found."""
    entries = [entry for entry in entries if entry.title]
    track_ids = _found(playlist.owner, entries, host)
    there = [pk for pk in track_ids if pk]
    item_ids: list[int] = []
    for start in range(0, len(there), AT_ONCE):
        item_ids += add_tracks(playlist, there[start : start + AT_ONCE], playlist.owner)
    positions = dict(PlaylistItem.objects.filter(playlist=playlist).values_list("pk", "position"))
    MissingTrack.objects.bulk_create(
        _missing(playlist, entries, track_ids, [positions[pk] for pk in item_ids]), AT_ONCE
    )
    return len(there)


@transaction.atomic
def look_again(playlist: Playlist, by: Any, among: QuerySet[MissingTrack] | None = None) -> int:
    """What has come since goes to its place; how much. Only what is `among` those is looked for, if they are given."""
    locked(playlist)
    missing = MissingTrack.objects.all() if among is None else among
    waiting = list(missing.filter(playlist=playlist).order_by("position")[:MOST_ENTRIES])
    names = ("title", "artist", "album", "duration_ms", "recording_mbid", "isrc")
    entries = [Entry(**{name: getattr(each, name) for name in names}) for each in waiting]
    come = [(each, pk) for each, pk in zip(waiting, _found(by, entries, ""), strict=True) if pk]
    item_ids = add_tracks(playlist, [pk for _each, pk in come], by) if come else []
    taken = set(PlaylistItem.with_removed.filter(playlist=playlist).values_list("position", flat=True))
    for (each, _pk), item_id in zip(come, item_ids, strict=True):
        if each.position not in taken:
            PlaylistItem.objects.filter(pk=item_id).update(position=each.position)
            taken.add(each.position)
    MissingTrack.objects.filter(pk__in=[each.pk for each, _pk in come]).delete()
    return len(come)


def as_file(user: Any, playlist: Playlist, address: Any) -> PlaylistFile:
    """What the user may hear of it; `address` makes whole addresses of our own."""
    items = items_for(user, playlist).filter(track__in=Track.objects.visible_to(user))
    rows = items.select_related("track__artist", "track__album")
    return PlaylistFile(playlist.name, playlist.description, [_entry(row.track, address) for row in rows if row.track])


def _entry(track: Track, address: Any) -> Entry:
    return Entry(
        title=track.title,
        artist=track.credited,
        album=track.album.title if track.album else "",
        duration_ms=track.duration_ms,
        location=address(track.get_absolute_url()),
        recording_mbid=track.recording_mbid,
        isrc=track.isrc,
    )


def _found(user: Any, entries: Sequence[Entry], host: str) -> list[int]:
    """For each the id of the track that is meant, or 0: by its address, its names and numbers, its path or file."""
    matcher, found = Matcher(user), list[int]()
    for start in range(0, len(entries), AT_ONCE):
        some = entries[start : start + AT_ONCE]
        asked = {entry.track_id(host) for entry in some} - {0}
        here = set(Track.objects.visible_to(user).filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
        files, paths = _own_files(user, some), by_paths(user, some)
        for entry, match in zip(some, matcher.match([entry.heard for entry in some]), strict=True):
            pk = entry.track_id(host)
            by_names = match.track.track_id if match.track else 0
            by_file = paths.get(entry.tail) or files.get(entry.filename, 0)
            found.append(pk if pk in here else by_names or by_file)
    return found


def _own_files(user: Any, entries: Sequence[Entry]) -> dict[str, int]:
    """What the user brought in under one of those names, when it is one track."""
    names = {entry.filename for entry in entries if entry.location}
    own = Track.objects.visible_to(user).kept_by(user).filter(original_filename__in=names - {""})
    found: dict[str, list[int]] = {}
    for pk, name in own.values_list("pk", "original_filename"):
        found.setdefault(name, []).append(pk)
    return {name: pks[0] for name, pks in found.items() if len(pks) == 1}


def _missing(
    playlist: Playlist, entries: Sequence[Entry], track_ids: Sequence[int], positions: Sequence[str]
) -> Iterator[MissingTrack]:
    """Each between the items before and after it."""
    before, done = None, 0
    for is_there, group in groupby(zip(entries, track_ids, strict=True), key=lambda pair: bool(pair[1])):
        some = [entry for entry, _pk in group]
        if is_there:
            done += len(some)
            before = positions[done - 1]
            continue
        after = positions[done] if done < len(positions) else None
        for entry, position in zip(some, generate_n_keys_between(before, after, len(some)), strict=True):
            yield MissingTrack(
                playlist=playlist,
                position=position,
                title=entry.title,
                artist=entry.artist,
                album=entry.album,
                duration_ms=entry.duration_ms,
                recording_mbid=entry.recording_mbid,
                isrc=entry.isrc,
                recording_key=recording_key(entry.artist, entry.title),
            )
