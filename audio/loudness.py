import math
from collections.abc import Iterable

REFERENCE_LUFS = -18.0  # ReplayGain 2.0


def gain_for(lufs: float) -> float:
    """The ReplayGain 2.0 of a recording in dB: what brings it to -18 LUFS, to the hundredth."""
    return round(REFERENCE_LUFS - lufs, 2)


def album_loudness(tracks: Iterable[tuple[float, int]]) -> float | None:
    """The loudness of an album in LUFS, of its tracks as (LUFS, duration in ms): the mean of their energies by time.

    EBU R128 would gate all blocks of the album together, and so leave out a quiet track that is 10 LU below the rest.
    Here each track was gated by itself and counts for all of its duration: an album with quiet interludes comes out
    a little quieter than a measurement of it in one piece. None where no track lasts any time.
    """
    tracks = [(lufs, duration_ms) for lufs, duration_ms in tracks if duration_ms > 0]
    if not tracks:
        return None
    energy = math.fsum(10 ** (lufs / 10) * duration_ms for lufs, duration_ms in tracks)
    return 10 * math.log10(energy / math.fsum(duration_ms for _lufs, duration_ms in tracks))
