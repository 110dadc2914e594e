from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from audio.facts import MOST_BARS
from audio.inspect import inspect
from audio.meter import bars_of
from audio.sandbox import measure_many
from audio.tests.files import demo_file, wav
from audio.tests.test_loudness import sine
from audio.waveform import waveform_svg


def test_a_quiet_half_has_low_bars_and_a_loud_one_the_highest(tmp_path: Path) -> None:
    bars = inspect(sine(tmp_path / "a.wav", (-40, 10), (-20, 10)), "a.wav").bars

    quiet, loud = bars[: len(bars) // 2 - 3], bars[len(bars) // 2 + 3 :]
    assert set(loud) <= {254, 255}
    assert all(22 <= bar <= 28 for bar in quiet)  # a tenth of the amplitude


def test_the_sandbox_measures_the_same_bars_as_the_check(tmp_path: Path) -> None:
    paths = [demo_file(format) for format in ("mp3", "ogg", "wav")]

    for path, loudness in zip(paths, measure_many(paths), strict=True):
        assert loudness is not None
        assert 200 < len(loudness.bars) <= MOST_BARS
        assert loudness.bars == inspect(path, path.name).bars


def test_what_is_too_short_has_no_bars(tmp_path: Path) -> None:
    assert inspect(wav(tmp_path / "a.wav", 0.2), "a.wav").bars == ()


@given(st.lists(st.floats(-120, 5), max_size=2000))
def test_bars_are_few_and_the_loudest_is_full(momentary: list[float]) -> None:
    bars = bars_of(momentary)

    assert len(bars) <= MOST_BARS and all(0 <= bar <= 255 for bar in bars)
    assert not bars or max(bars) == 255


@given(st.binary(max_size=MOST_BARS))
def test_the_picture_is_small_and_whole(bars: bytes) -> None:
    svg = waveform_svg(bars)

    assert len(svg.encode()) <= 2048
    assert ElementTree.fromstring(svg).tag.endswith("svg")
