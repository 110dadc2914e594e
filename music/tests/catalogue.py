"""Rows for the catalogue without the cost of decoding: for tests that are about lists, not about sound."""

import itertools
from typing import Any

from music.models import Album, Track
from music.uploads import artist_named, genre_named

serial = itertools.count(1)


def add_track(uploader: Any, title: str = "", **more: Any) -> Track:
    """A track row whose file is not there."""
    number = next(serial)
    genres = more.pop("genres", ["Jazz"])
    artist = artist_named(more.pop("artist", f"Artist {number}"))
    album_title = more.pop("album", "")
    album = Album.objects.get_or_create(title=album_title, album_artist=artist)[0] if album_title else None
    fields = {
        "title": title or f"Track {number}",
        "artist": artist,
        "album": album,
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
    track.genres.set([genre_named(name) for name in genres])
    return track
