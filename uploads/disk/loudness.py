"""Loudness of what came in in bulk, measured in the background: a whole decode is too slow to wait for."""

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction
from django_tasks import task

from audio.loudness import gain_for
from audio.sandbox import measure_many
from music.loudness import refresh_album_gains
from music.models import Track

AT_A_TIME = 20
AFTER_UPLOADS = -10


@task(priority=AFTER_UPLOADS)
def measure_after(track_id: int) -> None:
    if last := measure_next(track_id):
        measure_later(last)


def measure_later(after: int = 0) -> None:
    """Once over all tracks whose loudness is not known; what cannot be measured is passed by."""
    transaction.on_commit(lambda: measure_after.enqueue(after))


def measure_next(after: int) -> int:
    """Measure the next few tracks after this id; the last one's id, 0 when there are no more."""
    tracks = list(Track.objects.filter(pk__gt=after, loudness_lufs=None).order_by("pk")[:AT_A_TIME])
    _measure(tracks)
    return tracks[-1].pk if tracks else 0


def _measure(tracks: Sequence[Track]) -> None:
    found = measure_many([Path(track.file.path) for track in tracks])
    for track, loudness in zip(tracks, found, strict=True):
        if loudness is None:
            continue
        track.loudness_lufs = loudness.lufs
        if track.track_gain_db is None and loudness.lufs is not None:
            track.track_gain_db = gain_for(loudness.lufs)
        if track.track_peak is None:
            track.track_peak = loudness.peak
        track.save(update_fields=["loudness_lufs", "track_gain_db", "track_peak"])
    refresh_album_gains({track.album_id for track in tracks if track.album_id})
