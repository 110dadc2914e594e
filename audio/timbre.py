"""What a recording sounds like, in a few numbers: enough to tell a lullaby from thrash before anybody has heard it.

Mel-frequency cepstral coefficients after Davis and Mermelstein (1980); their means and deviations over time describe
timbre as in Tzanetakis and Cook (2002). The tempo is the strongest period of the onset strength (spectral flux).
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import BinaryIO

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from audio.decode import opened
from audio.facts import Timbre

RATE_HZ = 16_000
WINDOW = 1024
HOP = 512
MEL_BANDS = 40
LOWEST_HZ, HIGHEST_HZ = 40.0, 7_600.0
COEFFICIENTS = 13
EXCERPT_SECONDS = 20
# Beginnings and ends are silence, applause and fades.
EXCERPTS_AT = (0.2, 0.5, 0.75)
LEAST_SECONDS = 2
SLOWEST_BPM, FASTEST_BPM, USUAL_BPM = 50.0, 200.0, 115.0
OCTAVE_SPREAD = 0.9
QUIETEST = 1e-10
RANGE_DB = 80
Floats = NDArray[np.float32]


def describe(file: BinaryIO) -> Timbre | None:
    """What three excerpts sound like together; None where there are not two seconds to be heard."""
    excerpts = [each for each in _excerpts(file) if len(each) >= LEAST_SECONDS * RATE_HZ]
    if not excerpts:
        return None
    bands = [_mel_bands(each) for each in excerpts]
    loud = [_level_db(each) for each in excerpts]
    decibels = np.concatenate(loud)
    cepstra = np.concatenate([each @ _cosines() for each in bands])
    values = [*cepstra.mean(axis=0), *cepstra.std(axis=0), decibels.mean(), decibels.std()]
    onsets = [_onset_strength(each) for each in bands]
    return Timbre(
        values=tuple(round(float(value), 4) for value in (*values, np.concatenate(onsets).mean())),
        tempo_bpm=_tempo_bpm(onsets),
    )


def _excerpts(file: BinaryIO) -> Iterator[Floats]:
    with suppress(FFmpegError, ValueError, AttributeError, EOFError), opened(file) as container:
        seconds = (container.duration or 0) / av.time_base
        if seconds <= EXCERPT_SECONDS * len(EXCERPTS_AT):
            yield _heard(container, EXCERPT_SECONDS * len(EXCERPTS_AT))
            return
        for share in EXCERPTS_AT:
            container.seek(int(seconds * share * av.time_base))
            yield _heard(container, EXCERPT_SECONDS)


def _heard(container: av.container.InputContainer, most_seconds: float) -> Floats:
    """From where the container stands, mono; what cannot be decoded is passed by."""
    resampler = av.AudioResampler("flt", "mono", RATE_HZ)
    parts: list[Floats] = []
    heard, wanted = 0, int(most_seconds * RATE_HZ)
    with suppress(FFmpegError, ValueError, EOFError):
        for frame in container.decode(audio=0):
            frame.pts = None
            parts += (more := [part.to_ndarray()[0] for part in resampler.resample(frame)])
            heard += sum(map(len, more))
            if heard >= wanted:
                break
    return np.concatenate(parts)[:wanted] if parts else np.zeros(0, np.float32)


def _windows(samples: Floats) -> Floats:
    return np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]


def _mel_bands(samples: Floats) -> Floats:
    """Frames × bands, in decibels. What is further below the loudest counts as equal, or the floor would be timbre."""
    spectrum = np.abs(np.fft.rfft(_windows(samples) * np.hanning(WINDOW).astype(np.float32), axis=1)) ** 2
    bands = 10 * np.log10(np.maximum(spectrum.astype(np.float32) @ _mel_filters(), QUIETEST))
    return np.maximum(bands, bands.max() - RANGE_DB)


def _level_db(samples: Floats) -> Floats:
    return 10 * np.log10(np.maximum((_windows(samples) ** 2).mean(axis=1), QUIETEST))


@cache
def _mel_filters() -> Floats:
    """Bins × bands: triangles whose corners are evenly spaced on the mel scale of O'Shaughnessy."""
    mels = np.linspace(_to_mel(LOWEST_HZ), _to_mel(HIGHEST_HZ), MEL_BANDS + 2)
    corners = 700 * (10 ** (mels / 2595) - 1)
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE_HZ)[:, None]
    rising = (bins - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - bins) / (corners[2:] - corners[1:-1])
    return np.clip(np.minimum(rising, falling), 0, None).astype(np.float32)


def _to_mel(hz: float) -> float:
    return float(2595 * np.log10(1 + hz / 700))


@cache
def _cosines() -> Floats:
    """Bands × coefficients: the orthonormal DCT-II."""
    band = (np.arange(MEL_BANDS) + 0.5)[:, None] * np.arange(COEFFICIENTS)
    cosines = np.cos(np.pi * band / MEL_BANDS) * np.sqrt(2 / MEL_BANDS)
    cosines[:, 0] /= np.sqrt(2)
    return cosines.astype(np.float32)


def _onset_strength(bands: Floats) -> Floats:
    """How much louder each frame is than the one before, in dB, over all bands."""
    return np.maximum(np.diff(bands, axis=0), 0).mean(axis=1)


def _tempo_bpm(onsets: list[Floats]) -> float | None:
    """The strongest period of all excerpts; of its octaves the one nearest to how fast most music is."""
    periods = np.arange(round(_frames(FASTEST_BPM)), round(_frames(SLOWEST_BPM)) + 1)
    strength = sum((_repetition(each, periods) for each in onsets), np.zeros(len(periods)))
    away = np.log2(60 * RATE_HZ / HOP / periods / USUAL_BPM) / OCTAVE_SPREAD
    weighed = strength * np.exp(-0.5 * away**2)
    best = int(weighed.argmax())
    return round(60 * RATE_HZ / HOP / _peak(weighed, best, periods), 1) if weighed[best] > 0 else None


def _frames(bpm: float) -> float:
    return 60 / bpm * RATE_HZ / HOP


def _repetition(onsets: Floats, periods: NDArray[np.int64]) -> NDArray[np.float64]:
    """The autocorrelation at these lags, as a share of the energy."""
    moving = onsets - onsets.mean()
    energy = float(moving @ moving)
    if not energy:
        return np.zeros(len(periods))
    return np.array([float(moving[lag:] @ moving[:-lag]) / energy if lag < len(moving) else 0.0 for lag in periods])


def _peak(strength: NDArray[np.float64], best: int, periods: NDArray[np.int64]) -> float:
    """Between two frames, where a parabola through the highest three has its top."""
    if not 0 < best < len(strength) - 1:
        return float(periods[best])
    before, top, after = strength[best - 1 : best + 2]
    bend = before - 2 * top + after
    return float(periods[best] + (0.5 * (before - after) / bend if bend else 0.0))
