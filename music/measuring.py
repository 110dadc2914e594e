"""What tracks sound like, found out in the background: a whole decode is too slow for anybody to wait for."""

import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from audio.loudness import gain_for
from audio.sandbox import describe_many, measure_many
from listening.lease import lease
from music.loudness import refresh_album_gains
from music.models import Track, TrackTimbre, TrackWaveform

AT_A_TIME = 5


def measure_due() -> int:
    """Loudness and waveform of published tracks that have none, one worker at a time; how many there were.

    Uploads have theirs from the check, what came in in bulk has not. What cannot be measured is not asked again.
    """
    return _all_due("waveform", _measure)


def describe_due() -> int:
    """The same for timbre and tempo: a track that nobody has heard yet can be offered for them."""
    return _all_due("timbre", _describe)


def forget_sound(track_id: int) -> None:
    """Another recording has taken the track's place."""
    TrackTimbre.objects.filter(track=track_id).delete()
    TrackWaveform.objects.filter(track=track_id).delete()


def _all_due(what: str, do: Callable[[Sequence[Track]], None]) -> int:
    done = 0
    with lease(what) as held:
        while held and held.renew() and (tracks := _next(what)):
            do(tracks)
            done += len(tracks)
    return done


def _next(missing: str) -> list[Track]:
    return list(Track.objects.filter(state=Track.State.PUBLISHED, **{missing: None}).order_by("pk")[:AT_A_TIME])


def _measure(tracks: Sequence[Track]) -> None:
    rows = []
    for track, loudness in zip(tracks, measure_many(_paths(tracks)), strict=True):
        rows.append(TrackWaveform(track=track, bars=bytes(loudness.bars) if loudness else b""))
        if loudness is None or track.loudness_lufs is not None:
            continue
        track.loudness_lufs = loudness.lufs
        if track.track_gain_db is None and loudness.lufs is not None:
            track.track_gain_db = gain_for(loudness.lufs)
        if track.track_peak is None:
            track.track_peak = loudness.peak
        track.save(update_fields=["loudness_lufs", "track_gain_db", "track_peak"])
    _keep(TrackWaveform, rows)
    refresh_album_gains({track.album_id for track in tracks if track.album_id})


def _describe(tracks: Sequence[Track]) -> None:
    rows = [
        TrackTimbre(track=track, values=_packed(timbre.values), tempo_bpm=timbre.tempo_bpm)
        if timbre
        else TrackTimbre(track=track, values=b"")
        for track, timbre in zip(tracks, describe_many(_paths(tracks)), strict=True)
    ]
    _keep(TrackTimbre, rows)


def _paths(tracks: Sequence[Track]) -> list[Path]:
    return [Path(track.file.path) for track in tracks]


def _keep(model: Any, rows: Sequence[TrackWaveform | TrackTimbre]) -> None:
    """Of the tracks that were not deleted meanwhile."""
    alive = set(Track.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    model.objects.bulk_create([row for row in rows if row.pk in alive], ignore_conflicts=True)


def _packed(values: Sequence[float]) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)
