"""A listen in the words of ListenBrainz, which other services read too."""

from typing import Any

from listening.listen import Listen


def as_listenbrainz(listen: Listen) -> dict[str, Any]:
    info = {
        "duration_ms": listen.duration_ms,
        "recording_mbid": listen.recording_mbid,
        "isrc": listen.isrc,
        "media_player": listen.client,
        "submission_client": "Music Streamer",
        "tags": list(listen.genres),
        "music_streamer": {
            "event_id": listen.event_id,
            "played_ms": listen.played_ms,
            "duration_ms": listen.duration_ms,
            "counted": listen.counted,
            "completed": listen.completed,
            "skipped": listen.skipped,
            "source": listen.source,
        },
    }
    track = {
        "artist_name": listen.artist_name,
        "track_name": listen.title,
        "release_name": listen.album_title,
        "additional_info": {name: value for name, value in info.items() if value},
    }
    return {
        "listened_at": int(listen.started_at.timestamp()),
        "track_metadata": {name: value for name, value in track.items() if value},
    }
