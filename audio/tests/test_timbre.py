import wave
from pathlib import Path

import numpy as np
import pytest

from audio.sandbox import describe_many
from audio.tests.files import demo_file, mp3
from audio.timbre import describe

RATE_HZ = 44_100


def written(path: Path, samples: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return path


def clicks(bpm: float, seconds: int = 40) -> np.ndarray:
    """A short burst of noise on every beat."""
    samples = np.random.default_rng(1).normal(0, 0.0005, seconds * RATE_HZ)
    burst = np.random.default_rng(2).normal(0, 0.3, 1200) * np.exp(-np.arange(1200) / 300)
    for beat in range(int(seconds * bpm / 60)):
        start = round(beat * 60 / bpm * RATE_HZ)
        samples[start : start + len(burst)] += burst[: len(samples) - start]
    return samples


def tones(*hertz: float, seconds: int = 5, level: float = 0.2) -> np.ndarray:
    at = np.arange(seconds * RATE_HZ) / RATE_HZ
    return level * sum(np.sin(2 * np.pi * each * at) for each in hertz)


@pytest.mark.parametrize("bpm", [72.0, 96.0, 120.0, 140.0])
def test_the_tempo_of_a_click_track_is_its_tempo(tmp_path: Path, bpm: float) -> None:
    with written(tmp_path / "a.wav", clicks(bpm)).open("rb") as file:
        found = describe(file)

    assert found is not None and found.tempo_bpm == pytest.approx(bpm, rel=0.02)


def test_two_dark_sounds_are_nearer_to_each_other_than_to_a_bright_one(tmp_path: Path) -> None:
    sounds = [tones(110, 165), tones(123, 185), tones(3100, 4700, 6200)]
    paths = [written(tmp_path / f"{number}.wav", samples) for number, samples in enumerate(sounds)]

    dark, also_dark, bright = (np.array(each.values) for each in describe_many(paths) if each)

    assert np.linalg.norm(dark - also_dark) < np.linalg.norm(dark - bright) / 2


def test_a_louder_copy_differs_in_its_level_and_hardly_in_its_timbre(tmp_path: Path) -> None:
    quiet, loud = (written(tmp_path / f"{level}.wav", tones(440, 880, level=level)) for level in (0.05, 0.2))

    first, second = (each.values for each in describe_many([quiet, loud]) if each)

    assert second[26] - first[26] == pytest.approx(12.04, abs=0.5)  # dBFS
    assert np.allclose(first[1:13], second[1:13], atol=3)


def test_the_same_sound_as_mp3_ogg_and_wav_is_told_from_another_sound(tmp_path: Path) -> None:
    told = [each for each in describe_many([demo_file(format) for format in ("mp3", "ogg", "wav")]) if each]

    assert len(told) == 3
    assert {len(each.values) for each in told} == {29}
    assert all(each.tempo_bpm is None or 45 <= each.tempo_bpm <= 210 for each in told)


def test_what_is_too_short_broken_or_not_there_has_no_timbre_and_the_next_one_has(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"\xff\xfb" + b"nothing" * 100)

    answers = list(describe_many([tmp_path / "gone", broken, mp3(tmp_path / "short.mp3", 1), demo_file("mp3")]))

    assert answers[:3] == [None, None, None]
    assert answers[3] is not None


def test_silence_has_a_level_and_no_tempo(tmp_path: Path) -> None:
    [found] = describe_many([written(tmp_path / "silence.wav", np.zeros(5 * RATE_HZ))])

    assert found is not None and found.tempo_bpm is None and found.values[26] == pytest.approx(-100)
