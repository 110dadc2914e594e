import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from mutagen.id3 import ID3, TIT2

from conftest import MP3, OGG, WAV
from music.models import Track


@pytest.fixture
def disk(alice: Any, tmp_path: Path) -> Path:
    folder = tmp_path / "disk"
    (folder / "a").mkdir(parents=True)
    shutil.copy(MP3, folder / "a" / "one.mp3")
    shutil.copy(WAV, folder / "a" / "three.wav")
    call_command("import_music", str(folder), user="alice", jobs=1, in_place=True)
    return folder


def scan(**options: Any) -> None:
    call_command("scan", jobs=1, **options)


def test_nothing_changed_is_nothing_done(disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = list(Track.objects.order_by("pk").values())
    capsys.readouterr()
    scan()
    assert "added 0, changed 0, moved 0, back 0, missing 0, duplicate 0, unchanged 2" in capsys.readouterr().out
    assert list(Track.objects.order_by("pk").values()) == before


def test_a_new_file_is_added(disk: Path) -> None:
    shutil.copy(OGG, disk / "two.ogg")
    scan()
    assert Track.objects.filter(format="ogg", state="published").count() == 1


def test_a_moved_file_stays_the_same_track_and_plays(disk: Path, as_alice: Any) -> None:
    track = Track.objects.get(format="mp3")
    (disk / "b").mkdir()
    (disk / "a" / "one.mp3").rename(disk / "b" / "renamed.mp3")
    scan()
    assert Track.objects.get(format="mp3").pk == track.pk
    assert Track.objects.count() == 2
    body = b"".join(as_alice.get(track.stream_url).streaming_content)
    assert body == MP3.read_bytes()


def test_a_whole_folder_that_was_renamed_keeps_all_its_tracks(disk: Path) -> None:
    before = set(Track.objects.values_list("pk", "state"))
    (disk / "a").rename(disk / "z")
    scan()
    assert set(Track.objects.values_list("pk", "state")) == before


def test_a_retagged_file_shows_its_new_tags_under_the_same_id(disk: Path) -> None:
    track = Track.objects.get(format="mp3")
    tags = ID3(disk / "a" / "one.mp3")
    tags.add(TIT2(3, ["The new title"]))
    tags.save()
    scan()
    again = Track.objects.get(format="mp3")
    assert (again.pk, again.title) == (track.pk, "The new title")
    assert again.sha256 != track.sha256
    assert again.size_bytes == (disk / "a" / "one.mp3").stat().st_size


def test_a_missing_file_takes_its_track_out_of_sight_until_it_is_back(disk: Path, as_bob: Any) -> None:
    track = Track.objects.get(format="mp3")
    aside = disk.parent / "aside.mp3"
    (disk / "a" / "one.mp3").rename(aside)
    with pytest.raises(CommandError, match="1 to look at"):
        scan()
    track.refresh_from_db()
    assert track.state == "missing"
    assert as_bob.get(track.get_absolute_url()).status_code == 404
    with pytest.raises(CommandError, match="1 to look at"):  # still so the next time
        scan()

    aside.rename(disk / "a" / "one.mp3")
    scan()
    track.refresh_from_db()
    assert track.state == "published"


def test_a_file_that_moves_to_another_library_folder_is_not_missed(disk: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(OGG, other / "two.ogg")
    call_command("import_music", str(other), user="alice", jobs=1, in_place=True)
    track = Track.objects.get(format="mp3")
    shutil.move(disk / "a" / "one.mp3", other / "one.mp3")
    scan()
    scan()
    track.refresh_from_db()
    assert track.state == "published"
    assert Path(track.file.path).read_bytes() == MP3.read_bytes()
    assert Track.objects.count() == 3


def test_another_recording_under_the_same_name_is_another_track(disk: Path) -> None:
    track = Track.objects.get(format="wav")
    (disk / "a" / "three.wav").write_bytes(
        (MP3.parent / "wheelhouse-dub_-_fog-on-the-yard.wav").read_bytes()
        if (MP3.parent / "wheelhouse-dub_-_fog-on-the-yard.wav").exists()
        else _other_wav()
    )
    with pytest.raises(CommandError):
        scan()
    track.refresh_from_db()
    assert track.state == "missing"
    assert Track.objects.filter(format="wav", state="published").exclude(pk=track.pk).count() == 1


def _other_wav() -> bytes:
    return next(path for path in MP3.parent.glob("*.wav") if path != WAV).read_bytes()


def test_a_folder_that_is_gone_makes_nothing_missing(disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    disk.rename(disk.parent / "unmounted")
    with pytest.raises(CommandError):
        scan()
    assert "left as they are" in capsys.readouterr().err
    disk.mkdir()
    with pytest.raises(CommandError):
        scan()
    assert set(Track.objects.values_list("state", flat=True)) == {"published"}


def test_a_dry_run_says_it_and_changes_nothing(disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = list(Track.objects.order_by("pk").values())
    (disk / "a" / "one.mp3").rename(disk / "moved.mp3")
    (disk / "a" / "three.wav").unlink()
    shutil.copy(OGG, disk / "two.ogg")
    capsys.readouterr()
    with pytest.raises(CommandError):
        scan(dry_run=True)
    assert "added 1, changed 0, moved 1, back 0, missing 1" in capsys.readouterr().out
    assert list(Track.objects.order_by("pk").values()) == before


def test_only_the_folders_named_are_scanned_and_strangers_are_refused(disk: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="was not brought in") as refusal:
        call_command("scan", str(tmp_path), jobs=1)
    assert refusal.value.returncode == 2


def test_a_copied_library_plays_on_when_its_source_is_gone(alice: Any, tmp_path: Path) -> None:
    folder = tmp_path / "usb-stick"
    folder.mkdir()
    shutil.copy(MP3, folder / "one.mp3")
    shutil.copy(WAV, folder / "three.wav")
    call_command("import_music", str(folder), user="alice", jobs=1)
    (folder / "one.mp3").unlink()
    scan()
    assert set(Track.objects.values_list("state", flat=True)) == {"published"}
