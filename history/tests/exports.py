"""Small files in the shapes in which services and their exporters write them."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

MONDAY = 1_714_982_400  # 2024-05-06 08:00 UTC


def spotify_row(number: int = 0, **changed: Any) -> dict[str, Any]:
    return {
        "ts": f"2024-05-06T08:{number:02d}:00Z",
        "platform": "android",
        "ms_played": 180_000,
        "conn_country": "DE",
        "ip_addr": "192.0.2.1",
        "master_metadata_track_name": "Waterloo",
        "master_metadata_album_artist_name": "ABBA",
        "master_metadata_album_album_name": "Waterloo",
        "spotify_track_uri": "spotify:track:0000000000000000000000",
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "audiobook_title": None,
        "reason_start": "clickrow",
        "reason_end": "trackdone",
        "shuffle": False,
        "skipped": False,
        "offline": False,
        "offline_timestamp": None,
        "incognito_mode": False,
        **changed,
    }


def listenbrainz_row(number: int = 0, **info: Any) -> dict[str, Any]:
    return {
        "inserted_at": 1_714_990_000.5,
        "listened_at": MONDAY + 300 * number,
        "track_metadata": {
            "artist_name": "ABBA",
            "track_name": "Waterloo",
            "release_name": "Waterloo",
            "mbid_mapping": {"recording_mbid": "c8cdd7fb-ac1d-4f6b-9b8a-4b4f3b7a8f6e", "artist_mbids": []},
            "additional_info": {"submission_client": "navidrome", "media_player": "Navidrome", **info},
        },
    }


def lastfm_track(number: int = 0, **changed: Any) -> dict[str, Any]:
    at = MONDAY + 300 * number
    return {
        "artist": {"mbid": "", "#text": "ABBA"},
        "streamable": "0",
        "mbid": "",
        "album": {"mbid": "", "#text": "Waterloo"},
        "name": "Waterloo",
        "url": "",
        "date": {"uts": str(at), "#text": "06 May 2024, 08:00"},
        **changed,
    }


def lines(rows: list[Any]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def document(thing: Any) -> bytes:
    return json.dumps(thing, indent=1).encode()


def zipped(**members: bytes) -> bytes:
    """Their names with "__" for the slash and "_dot_" for the dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return buffer.getvalue()


def saved(folder: Path, content: bytes) -> Path:
    path = folder / "export"
    path.write_bytes(content)
    return path
