"""How loud albums are, from how loud their tracks are."""

from collections import defaultdict
from collections.abc import Iterable

from audio.loudness import album_loudness, gain_for
from music.models import Track


def refresh_album_gains(album_ids: Iterable[int]) -> None:
    """Album gain and peak for tracks whose loudness was measured here, once all of their album's are known."""
    members: dict[int | None, list[Track]] = defaultdict(list)
    fields = ["album", "duration_ms", "loudness_lufs", "track_peak", "album_gain_db", "album_peak"]
    for track in Track.objects.filter(album__in=list(album_ids), state=Track.State.PUBLISHED).only(*fields):
        members[track.album_id].append(track)
    changed = [track for tracks in members.values() for track in _with_album_gain(tracks)]
    Track.objects.bulk_update(changed, ["album_gain_db", "album_peak"], batch_size=500)


def _with_album_gain(tracks: list[Track]) -> list[Track]:
    """Nothing where the tags of all of them say it, or where one could not be measured."""
    if all(track.album_gain_db is not None for track in tracks):
        return []
    measured = [(track.loudness_lufs, track.duration_ms) for track in tracks if track.loudness_lufs is not None]
    loudness = album_loudness(measured) if len(measured) == len(tracks) else None
    if loudness is None:
        return []
    for track in tracks:
        track.album_gain_db = gain_for(loudness)
        track.album_peak = max((each.track_peak or 0.0 for each in tracks), default=None)
    return tracks
