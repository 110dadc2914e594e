from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise

import av
from av.error import FFmpegError
from av.filter import Graph
from av.filter.context import FilterContext

from audio.facts import MOST_BARS, Loudness

MAX_SECONDS = 2 * 60 * 60  # twice the processor time for a longer recording is not worth a number nobody hears
SILENCE_LUFS = -69.9  # the filter says -70 where no block of 400 ms is above the absolute gate
FRAMES_BETWEEN_LOOKS = 64
TOO_EARLY = 3  # readings, one each tenth of a second: before 400 ms there is none
# One channel counts twice: players send it to both speakers, where it is 3 LU louder than the plain measurement says.
FILTER_OPTIONS = "metadata=1:framelog=quiet:peak=sample:dualmono=1"


class Meter:
    """Integrated loudness (EBU R128, ITU-R BS.1770) and sample peak of frames, by FFmpeg's ebur128 filter.

    It never fails: a recording that changes its shape on the way, or lasts longer than two hours, has no loudness.
    """

    def __init__(self) -> None:
        self._shape: tuple[int, int] | None = None
        self._source: FilterContext
        self._sink: FilterContext
        self._graph: Graph | None = None
        self._readings: dict[str, str] = {}
        self._momentary: list[float] = []
        self._frames = self._samples = 0
        self._is_lost = False

    def hear(self, frame: av.AudioFrame) -> None:
        shape = frame.sample_rate, frame.layout.nb_channels
        if shape != self._shape:
            self._is_lost = self._is_lost or self._shape is not None or not self._is_set_up(frame)
            self._shape = shape
        if self._is_lost:
            return
        self._frames += 1
        self._samples += frame.samples
        self._push(frame)
        if self._samples > MAX_SECONDS * frame.sample_rate:
            self._is_lost = True

    def reading(self) -> Loudness | None:
        """What was heard so far and nothing more: the meter takes no frame after this. None if there was no sound."""
        if self._graph and not self._is_lost:
            self._push(None)
        if not self._readings:
            return None
        lufs = float(self._readings["lavfi.r128.I"])
        is_measured = not self._is_lost and lufs > SILENCE_LUFS
        peak = float(self._readings["lavfi.r128.sample_peak"])
        return Loudness(lufs if is_measured else None, peak, () if self._is_lost else bars_of(self._momentary))

    def _is_set_up(self, frame: av.AudioFrame) -> bool:
        with suppress(FFmpegError, ValueError):
            self._graph = Graph()
            self._source = self._graph.add_abuffer(
                sample_rate=frame.sample_rate, format=frame.format, layout=frame.layout, time_base=frame.time_base
            )
            self._sink = self._graph.add("abuffersink")
            meter = self._graph.add("ebur128", FILTER_OPTIONS)
            self._graph.link_nodes(self._source, meter, self._sink).configure()
            return True
        return False

    def _push(self, frame: av.AudioFrame | None) -> None:
        try:
            self._source.push(frame)
        except (FFmpegError, ValueError):
            self._is_lost = True
        if frame is None or self._frames % FRAMES_BETWEEN_LOOKS == 0:
            self._look()

    def _look(self) -> None:
        """The readings of the last tenth of a second are those of all before it."""
        with suppress(FFmpegError, EOFError):
            while True:
                if readings := self._sink.pull().metadata:
                    self._readings = readings
                    self._momentary.append(float(readings["lavfi.r128.M"]))


def bars_of(momentary_lufs: Sequence[float]) -> tuple[int, ...]:
    """The amplitudes, 255 for the loudest, of at most MOST_BARS equal parts; of each part its loudest moment.

    A reading tells of the 400 ms before it, so the first ones tell nothing.
    """
    heard = momentary_lufs[TOO_EARLY:]
    if not heard or max(heard) <= SILENCE_LUFS:
        return ()
    count, loudest = min(MOST_BARS, len(heard)), max(heard)
    edges = [len(heard) * bar // count for bar in range(count + 1)]
    parts = (max(heard[start:end]) for start, end in pairwise(edges))
    return tuple(round(255 * 10 ** ((part - loudest) / 20)) for part in parts)
