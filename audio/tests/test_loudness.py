"""The signals are those of EBU Tech 3341: a 1 kHz sine of -23 dBFS in both channels is -23 LUFS, and so on."""

import math
import wave
from array import array
from pathlib import Path
from shutil import copyfile

import av
import pytest

from audio.facts import AudioFacts, Loudness
from audio.inspect import inspect
from audio.loudness import album_loudness, gain_for
from audio.sandbox import inspect_many, measure_many
from audio.tests.files import demo_file, mp3

RATE_HZ = 48_000
Passage = tuple[float, float]  # dBFS, seconds


def sine(path: Path, *passages: Passage, channels: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        for dbfs, seconds in passages:
            file.writeframes(tenth_of_a_second(dbfs, channels) * round(seconds * 10))
    return path


def tenth_of_a_second(dbfs: float, channels: int) -> bytes:
    amplitude = 32_767 * 10 ** (dbfs / 20)
    samples = (round(amplitude * math.sin(2 * math.pi * 1_000 * n / RATE_HZ)) for n in range(RATE_HZ // 10))
    return array("h", [sample for sample in samples for _ in range(channels)]).tobytes()


def as_mp3(source: Path, layout: str) -> Path:
    target = source.with_suffix(".mp3")
    bare = {"write_xing": "0", "id3v2_version": "0"}
    with av.open(str(source)) as original, av.open(str(target), "w", format="mp3", options=bare) as copy:
        stream = copy.add_stream("libmp3lame", rate=RATE_HZ, layout=layout)
        for frame in original.decode(audio=0):
            copy.mux(stream.encode(frame))
        copy.mux(stream.encode(None))
    return target


@pytest.mark.parametrize(
    ("passages", "lufs"),
    [
        ([(-23, 20)], -23),
        ([(-33, 20)], -33),
        ([(-36, 10), (-23, 60), (-36, 10)], -23),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23),
    ],
)
def test_the_broadcasters_signals_measure_as_they_should(tmp_path: Path, passages: list[Passage], lufs: float) -> None:
    facts = inspect(sine(tmp_path / "upload", *passages), "a.wav")
    assert facts.loudness_lufs == pytest.approx(lufs, abs=0.2)
    assert facts.true_peak == pytest.approx(10 ** (max(dbfs for dbfs, _seconds in passages) / 20), abs=0.001)


def test_one_channel_is_as_loud_as_the_same_in_two_because_both_speakers_play_it(tmp_path: Path) -> None:
    mono, stereo = sine(tmp_path / "mono", (-23, 5), channels=1), sine(tmp_path / "stereo", (-23, 5))
    assert inspect(mono, "a.wav").loudness_lufs == pytest.approx(inspect(stereo, "a.wav").loudness_lufs, abs=0.05)


def test_a_lossy_copy_is_as_loud_as_its_source(tmp_path: Path) -> None:
    copy = as_mp3(sine(tmp_path / "source", (-14, 5)), "stereo")
    assert inspect(copy, "a.mp3").loudness_lufs == pytest.approx(-14, abs=0.5)


@pytest.mark.parametrize("passages", [[(-200, 3)], [(-20, 0.3)], [(-80, 5)]])
def test_what_is_silent_or_too_short_has_no_loudness(tmp_path: Path, passages: list[Passage]) -> None:
    facts = inspect(sine(tmp_path / "upload", *passages), "a.wav")
    assert facts.loudness_lufs is None
    assert facts.true_peak == pytest.approx(10 ** (passages[0][0] / 20), abs=0.001)


def test_a_recording_that_changes_its_shape_has_no_loudness_and_is_taken(tmp_path: Path) -> None:
    mono = as_mp3(sine(tmp_path / "one", (-20, 2), channels=1), "mono")
    stereo = as_mp3(sine(tmp_path / "two", (-20, 2)), "stereo")
    mono.write_bytes(mono.read_bytes() + stereo.read_bytes())
    facts = inspect(mono, "a.mp3")
    assert facts.duration_ms > 3_000
    assert facts.loudness_lufs is None


def test_a_recording_of_many_hours_is_not_measured_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audio.meter.MAX_SECONDS", 3)
    facts = inspect(sine(tmp_path / "upload", (-23, 6)), "a.wav")
    assert facts.duration_ms == 6_000
    assert facts.loudness_lufs is None


def test_what_came_in_bulk_is_measured_later_with_the_same_result(tmp_path: Path) -> None:
    paths = [demo_file(format) for format in ("mp3", "ogg", "wav")]
    at_once = list(inspect_many((path, path.name) for path in paths))
    for facts, loudness in zip(at_once, measure_many(paths), strict=True):
        assert isinstance(facts, AudioFacts)
        assert facts.loudness_lufs is not None
        assert loudness == Loudness(facts.loudness_lufs, facts.true_peak, facts.bars)


def test_measuring_goes_on_after_a_file_that_is_gone_or_broken(tmp_path: Path) -> None:
    broken = copyfile(demo_file("mp3"), tmp_path / "broken")
    broken.write_bytes(b"\0" * 5_000)
    answers = list(measure_many([tmp_path / "gone", broken, mp3(tmp_path / "good", 2)]))
    assert answers[:2] == [None, None]
    assert isinstance(answers[2], Loudness)


def test_the_gain_brings_a_track_to_the_reference() -> None:
    assert gain_for(-18) == 0
    assert gain_for(-8.5) == -9.5
    assert gain_for(-30) == 12


def test_an_album_is_as_loud_as_the_mean_of_its_energy() -> None:
    assert album_loudness([(-20, 1_000), (-20, 9_000)]) == pytest.approx(-20)
    assert album_loudness([(-10, 60_000), (-20, 60_000)]) == pytest.approx(-12.6, abs=0.01)
    assert album_loudness([(-10, 60_000), (-20, 540_000)]) == pytest.approx(-17.21, abs=0.01)


def test_nothing_has_no_loudness() -> None:
    assert album_loudness([]) is None
    assert album_loudness([(-20, 0)]) is None
