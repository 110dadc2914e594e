"""Rows for the catalogue without the cost of decoding: for tests that are about lists, not about sound."""

import itertools
from typing import Any

from music.cataloguing import artist_named, genre_named
from music.keys import recording_key
from music.models import Album, Artist, Track, TrackCredit, album_identity
from music.search.fold import sort_key

serial = itertools.count(1)


def add_track(uploader: Any, title: str = "", **more: Any) -> Track:
    """A track row whose file is not there."""
    number = next(serial)
    genres = more.pop("genres", ["Jazz"])
    artist = artist_named(more.pop("artist", f"Artist {number}"))
    album_title = more.pop("album", "")
    title = title or f"Track {number}"
    fields = {
        "title": title,
        "artist": artist,
        "album": album_titled(album_title, artist) if album_title else None,
        "recording_key": recording_key(artist.name, title),
        "sort_title": sort_key(title),
        "sort_artist": artist.sort_key,
        "uploader": uploader,
        "file": f"tracks/none/{number}.mp3",
        "sha256": f"{number:064x}",
        "audio_sha256": f"{number:064x}",
        "format": "mp3",
        "size_bytes": 1000,
        "duration_ms": 60_000,
        "bitrate_kbps": 128,
        "sample_rate_hz": 44_100,
        "channels": 2,
    }
    track = Track.objects.create(**{**fields, **more})
    TrackCredit.objects.create(track=track, artist=artist)
    track.genres.set([genre_named(name) for name in genres])
    return track


def album_titled(title: str, artist: Artist, **more: Any) -> Album:
    keys = {"sort_title": sort_key(title), "sort_artist": artist.sort_key}
    identity = album_identity("", artist.pk, title, more.get("year"))
    return Album.objects.get_or_create(
        identity=identity, defaults={"title": title, "album_artist": artist, **keys, **more}
    )[0]
