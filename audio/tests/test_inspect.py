from pathlib import Path
from shutil import copyfile

import pytest

from audio.inspect import Refused, inspect
from audio.tests.files import DEMO, demo_file, demo_rows, mp3, tone, wav


@pytest.mark.parametrize("row", demo_rows(), ids=lambda row: row["file"])
def test_the_demo_library_is_read_as_its_manifest_says(row: dict[str, str]) -> None:
    facts = inspect(DEMO / row["file"], row["file"])
    assert facts.format == row["format"]
    assert facts.sha256 == row["sha256"]
    assert facts.size_bytes == int(row["bytes"])
    assert facts.duration_ms == pytest.approx(float(row["duration_s"]) * 1000, abs=60)
    assert (facts.tags.title, facts.tags.artist, facts.tags.album) == (row["title"], row["artist"], row["album"])
    assert facts.tags.genres == (row["genre"],)
    assert facts.tags.year == int(row["year"])
    assert facts.tags.track_number == int(row["track"].split("/")[0])
    assert facts.cover is not None
    assert facts.cover.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("name", "codec", "container", "content_type"),
    [
        ("a.mp3", "libmp3lame", "mp3", "audio/mpeg"),
        ("a.ogg", "libopus", "ogg", "audio/ogg"),
        ("a.OGA", "libopus", "ogg", "audio/ogg"),
        ("a.wav", "pcm_s16le", "wav", "audio/wav"),
        ("a.wav", "pcm_f32le", "wav", "audio/wav"),
        ("a.wav", "pcm_s24le", "wav", "audio/wav"),
    ],
)
def test_what_browsers_play_is_taken(tmp_path: Path, name: str, codec: str, container: str, content_type: str) -> None:
    facts = inspect(tone(tmp_path / "upload", codec, 1.0, container), name)
    assert facts.content_type == content_type
    assert facts.duration_ms == pytest.approx(1000, abs=30)
    assert (facts.sample_rate_hz, facts.channels) == (48_000, 1)
    assert facts.bitrate_kbps > 0


def test_the_bitrate_is_of_the_sound_not_of_the_cover() -> None:
    facts = inspect(demo_file("wav"), "a.wav")
    assert facts.bitrate_kbps == facts.sample_rate_hz * facts.channels * 16 // 1000


@pytest.mark.parametrize(
    ("filename", "title"),
    [
        ("Song.MP3", "Song"),
        ("C:\\Music\\Song.mp3", "Song"),
        ("../../etc/passwd.mp3", "passwd"),
        (".mp3", "Untitled"),
        ("   .mp3", "Untitled"),
        ("a\u202eb\0.mp3 ", "ab"),
        ("x" * 400 + ".mp3", "x" * 255),
    ],
)
def test_without_tags_the_title_is_the_file_name(tmp_path: Path, filename: str, title: str) -> None:
    assert inspect(mp3(tmp_path / "upload"), filename).tags.title == title


@pytest.mark.parametrize("filename", ["song", "song.mp3.php", "song.mp3.", "song.mp3/", "aux", "song.flac", "", "mp3"])
def test_other_extensions_are_refused(tmp_path: Path, filename: str) -> None:
    with pytest.raises(Refused, match="Only MP3, OGG and WAV"):
        inspect(mp3(tmp_path / "upload"), filename)


@pytest.mark.parametrize("extension", ["mp3", "ogg", "wav"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"x", "not an? .* inside"),
        (b"\x7fELF" + bytes(range(256)) * 500, "not an? .* inside"),
        (b"<html><script>alert(1)</script></html>" * 100, "not an? .* inside"),
        (b"\xff" * 100_000, "not an? .* inside"),
        (b"\0" * 100_000, "not an? .* inside"),
        (b"fLaC" + b"\0" * 4000, "is FLAC inside"),
    ],
)
def test_what_is_no_sound_is_refused_in_plain_words(
    tmp_path: Path, extension: str, content: bytes, message: str
) -> None:
    (tmp_path / "upload").write_bytes(content)
    with pytest.raises(Refused, match=message) as refusal:
        inspect(tmp_path / "upload", f"secret-name.{extension}")
    assert "secret-name" not in str(refusal.value)


def test_a_file_under_another_formats_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        Refused,
        match=r"This file is WAV inside, although its name says otherwise\. "
        r"Rename it to end in \.wav and send it again\.",
    ):
        inspect(wav(tmp_path / "upload"), "a.mp3")
    with pytest.raises(Refused, match="not a WAV file inside"):
        inspect(mp3(tmp_path / "upload"), "a.wav")


@pytest.mark.parametrize(
    ("name", "codec", "container"),
    [("a.mp3", "mp2", "mp2"), ("a.wav", "adpcm_ms", "wav"), ("a.wav", "pcm_f64le", "wav")],
)
def test_a_codec_that_browsers_do_not_play_is_refused(tmp_path: Path, name: str, codec: str, container: str) -> None:
    with pytest.raises(Refused, match="browsers do not play"):
        inspect(tone(tmp_path / "upload", codec, 0.5, container), name)


def test_a_few_bytes_cannot_play_for_hours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audio.decode.SECONDS_FOR_ANY_SIZE", 1)
    monkeypatch.setattr("audio.decode.LEAST_BYTES_PER_SECOND", 1_000_000)
    with pytest.raises(Refused, match="longer than its size can hold"):
        inspect(mp3(tmp_path / "upload", 3), "a.mp3")


def test_half_a_file_has_half_the_duration(tmp_path: Path) -> None:
    whole = mp3(tmp_path / "upload", 4).read_bytes()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    assert inspect(tmp_path / "half", "a.mp3").duration_ms == pytest.approx(2000, abs=200)


def test_a_rotten_file_is_refused(tmp_path: Path) -> None:
    copy = copyfile(demo_file("mp3"), tmp_path / "upload")
    content = bytearray(copy.read_bytes())
    for position in range(60_000, len(content), 10):
        content[position] ^= 0x5A
    copy.write_bytes(content)
    with pytest.raises(Refused, match="damaged"):
        inspect(copy, "a.mp3")
