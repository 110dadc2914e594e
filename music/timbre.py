"""What tracks sound like, found out in the background: a track that nobody has heard yet can be offered for it."""

import struct
from pathlib import Path

from audio.sandbox import describe_many
from listening.lease import lease
from music.models import Track, TrackTimbre

AT_A_TIME = 5


def describe_due() -> int:
    """Describe published tracks that are not described yet, one worker at a time; how many there were."""
    described = 0
    with lease("timbre") as held:
        while held and held.renew() and (tracks := _next()):
            _describe(tracks)
            described += len(tracks)
    return described


def _next() -> list[Track]:
    waiting = Track.objects.filter(state=Track.State.PUBLISHED, timbre=None)
    return list(waiting.only("file").order_by("pk")[:AT_A_TIME])


def _describe(tracks: list[Track]) -> None:
    found = describe_many([Path(track.file.path) for track in tracks])
    rows = [
        TrackTimbre(track=track, values=as_bytes(timbre.values), tempo_bpm=timbre.tempo_bpm)
        if timbre
        else TrackTimbre(track=track, values=b"")
        for track, timbre in zip(tracks, found, strict=True)
    ]
    # A track may have been deleted meanwhile.
    alive = set(Track.objects.filter(pk__in=[track.pk for track in tracks]).values_list("pk", flat=True))
    TrackTimbre.objects.bulk_create([row for row in rows if row.pk in alive], ignore_conflicts=True)


def as_bytes(values: tuple[float, ...]) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)
