from base64 import b64encode
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from shutil import copyfile

import pytest
from mutagen.flac import Picture
from mutagen.id3 import APIC, COMM, ID3, RVA2, SYLT, TBPM, TDRC, TIT2, TPE1, TRCK, TXXX
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE
from PIL import Image

from audio import sandbox
from audio.facts import AudioFacts, Refused, Tags
from audio.inspect import inspect
from audio.sandbox import write_tags
from audio.tests.files import chunk, demo_file, mp3, tone, wav, with_chunks, zlib_bomb
from audio.tests.test_tags import FULL

SYNCED = replace(FULL, artist="One feat. Two", lyrics="[ar:One]\n[00:01.00]First\n\n[00:02.00]Second")


def file_of(kind: str, folder: Path) -> Path:
    if kind == "opus":
        return tone(folder / "a.ogg", "libopus", 1.0, "ogg")
    return copyfile(demo_file(kind), folder / f"a.{kind}")


def picture(format: str = "PNG") -> bytes:
    data = BytesIO()
    Image.new("RGB", (30, 30), "red").save(data, format)
    return data.getvalue()


def written(source: Path, tags: Tags, cover: bytes | None = None) -> AudioFacts:
    """What the copy says, after all was well."""
    target = source.with_name("copy")
    assert write_tags(source, target, source.name, tags, cover) is None
    return inspect(target, source.name)


@pytest.mark.parametrize("kind", ["mp3", "ogg", "opus", "wav"])
@pytest.mark.parametrize("tags", [FULL, SYNCED, Tags(title="Only a title")], ids=["full", "synced", "bare"])
def test_a_copy_says_what_was_asked_and_sounds_the_same(tmp_path: Path, kind: str, tags: Tags) -> None:
    source = file_of(kind, tmp_path)
    before, content = inspect(source, source.name), source.read_bytes()
    after = written(source, tags)
    assert after.tags == tags
    assert (after.audio_sha256, after.duration_ms) == (before.audio_sha256, before.duration_ms)
    assert after.cover == before.cover
    assert source.read_bytes() == content


@pytest.mark.parametrize("kind", ["mp3", "ogg", "opus", "wav"])
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_new_front_cover_takes_the_place_of_the_old(tmp_path: Path, kind: str, format: str) -> None:
    source = file_of(kind, tmp_path)
    assert written(source, FULL, picture(format)).cover == picture(format)


@pytest.mark.parametrize("kind", ["mp3", "ogg", "opus", "wav"])
def test_writing_the_same_again_changes_not_a_byte(tmp_path: Path, kind: str) -> None:
    source = file_of(kind, tmp_path)
    written(source, FULL)
    once = copyfile(tmp_path / "copy", tmp_path / f"once{source.suffix}")
    written(once, FULL)
    assert (tmp_path / "copy").read_bytes() == once.read_bytes()


def test_what_reads_as_asked_keeps_its_day_and_its_total(tmp_path: Path) -> None:
    source, tags = mp3(tmp_path / "a.mp3"), ID3()
    for frame in (TDRC(3, ["1999-12-31"]), TRCK(3, ["3/12"]), TIT2(3, ["Old"])):
        tags.add(frame)
    tags.save(source)
    written(source, replace(inspect(source, "a.mp3").tags, title="New"))
    after = ID3(tmp_path / "copy")
    assert (str(after["TIT2"]), str(after["TDRC"]), str(after["TRCK"])) == ("New", "1999-12-31", "3/12")


@pytest.mark.parametrize("version", [3, 4])
def test_frames_we_have_no_word_for_are_kept(tmp_path: Path, version: int) -> None:
    source, tags = mp3(tmp_path / "a.mp3"), ID3()
    for frame in (TBPM(3, ["120"]), TXXX(3, "MOOD", ["calm"]), COMM(3, "eng", "", ["words"])):
        tags.add(frame)
    tags.add(APIC(3, "image/png", 4, "back", picture()))
    tags.add(SYLT(3, "eng", 2, 5, "chords", [("Am", 10)]))
    tags._unknown_v2_version = version
    size = bytes([0, 0, 0, 5])
    tags.unknown_frames = [b"XYZW" + size + b"\0\0" + b"12345"]
    tags.save(source, v2_version=version)
    written(source, FULL, picture("JPEG"))
    after = ID3(tmp_path / "copy")
    assert after.version == (2, 4, 0)
    assert [str(after[key]) for key in ("TBPM", "TXXX:MOOD", "COMM::eng")] == ["120", "calm", "words"]
    assert {picture.type: picture.mime for picture in after.getall("APIC")} == {4: "image/png", 3: "image/jpeg"}
    assert [frame.desc for frame in after.getall("SYLT")] == ["chords"]
    assert after.unknown_frames == [b"XYZW" + size + b"\0\0" + b"12345"]


def test_other_spellings_of_a_field_do_not_stay_behind(tmp_path: Path) -> None:
    source, tags = mp3(tmp_path / "a.mp3"), ID3()
    tags.add(TXXX(3, "album artist", ["Old"]))
    tags.add(TXXX(3, "ARTISTS", ["Old"]))
    tags.add(TPE1(3, ["Old"]))
    tags.add(RVA2(desc="track", channel=1, gain=-3.5, peak=0.5))
    tags.add(SYLT(3, "eng", 2, 1, "", [("Old", 10)]))
    tags.save(source)
    new = Tags("Title", artist="New", artists=("New",), track_gain_db=-4.0, track_peak=0.5)
    assert written(source, new).tags == new


def test_comments_we_have_no_word_for_are_kept_and_several_values_are_several(tmp_path: Path) -> None:
    source = file_of("ogg", tmp_path)
    file, back = OggVorbis(source), Picture()
    back.type, back.data = 4, picture()
    file["mood"], file["album artist"] = "calm", "Old"
    file["metadata_block_picture"] = [b64encode(back.write()).decode()]
    file.save()
    written(source, FULL, picture("JPEG"))
    after = OggVorbis(tmp_path / "copy")
    assert after["mood"] == ["calm"]
    assert after["artist"] == ["One", "Two"]
    assert after["genre"] == ["Rock", "Hip-Hop"]
    assert "album artist" not in after
    assert len(after["metadata_block_picture"]) == 2


def test_opus_keeps_its_gain_in_its_own_unit(tmp_path: Path) -> None:
    written(file_of("opus", tmp_path), FULL)
    after = OggOpus(tmp_path / "copy")
    assert after["r128_track_gain"] == ["-3200"]
    assert "replaygain_track_gain" not in after


def test_a_waves_own_fields_give_way_to_what_is_written(tmp_path: Path) -> None:
    info = chunk(b"LIST", b"INFO" + chunk(b"INAM", b"Old") + chunk(b"IPRD", b"Old album") + chunk(b"ISFT", b"Editor"))
    source = with_chunks(wav(tmp_path / "a.wav"), info)
    assert written(source, Tags("New", album="Old album")).tags == Tags("New", album="Old album")
    assert b"Editor" in (tmp_path / "copy").read_bytes()
    assert str(WAVE(tmp_path / "copy").tags["TIT2"]) == "New"


def test_unclean_words_are_cleaned_before_they_are_written(tmp_path: Path) -> None:
    assert written(mp3(tmp_path / "a.mp3"), Tags("  A\u202e\nB ", isrc="nonsense")).tags == Tags("A B")


def assert_refused(source: Path, cover: bytes | None = None) -> None:
    target = source.with_name("copy")
    refused = write_tags(source, target, source.name, FULL, cover)
    assert isinstance(refused, Refused)
    assert str(refused).endswith(".")
    assert not target.exists()


def test_what_is_no_sound_or_no_picture_leaves_no_copy(tmp_path: Path) -> None:
    (tmp_path / "b.mp3").write_bytes(b"\0" * 5_000)
    assert_refused(tmp_path / "b.mp3")
    assert_refused(mp3(tmp_path / "a.mp3"), b"<svg/>")


def test_a_wave_whose_sound_would_swallow_the_tags_is_left_alone(tmp_path: Path) -> None:
    source = wav(tmp_path / "a.wav")
    content = source.read_bytes()
    at = content.index(b"data") + 4
    source.write_bytes(content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :])
    assert_refused(source)


def test_a_bomb_breaks_the_child_only(tmp_path: Path) -> None:
    bomb = tmp_path / "a.mp3"
    bomb.write_bytes(zlib_bomb(400 << 20) + mp3(tmp_path / "b.mp3").read_bytes())
    assert_refused(bomb)


def test_no_more_is_written_than_the_source_and_a_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SPARE_BYTES", 10)
    bare = mp3(tmp_path / "a.mp3")
    ID3(bare).delete(bare)
    assert_refused(bare, picture("JPEG") + b"\0" * 200_000)


def test_an_error_on_the_way_leaves_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "COMMAND", ["false"])
    with pytest.raises(sandbox.CannotInspect):
        write_tags(demo_file("mp3"), tmp_path / "copy", "a.mp3", FULL, None)
    assert not (tmp_path / "copy").exists()
