"""Folders inside folders, folders brought in twice, files that come and go while their tracks are elsewhere."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from mutagen.id3 import ID3, TIT2

from conftest import MP3, OGG, WAV
from music.editing import TrackChanges, edit_tracks
from music.models import Track
from music.removal import discard, restore, trash
from uploads.models import LibraryFolder


@pytest.fixture
def disk(alice: Any, tmp_path: Path) -> Path:
    folder = tmp_path / "disk"
    (folder / "a").mkdir(parents=True)
    shutil.copy2(MP3, folder / "a" / "one.mp3")
    shutil.copy2(WAV, folder / "a" / "three.wav")
    return folder


def bring(folder: Path, user: str = "alice", **options: Any) -> None:
    call_command("import_music", str(folder), user=user, jobs=1, **options)


def scan(*folders: Path) -> None:
    """Whatever it complains of."""
    with suppress(CommandError):
        call_command("scan", *map(str, folders), jobs=1)


def retag(path: Path, title: str) -> None:
    tags = ID3(path)
    tags.add(TIT2(3, [title]))
    tags.save()


def test_a_file_that_comes_back_while_its_track_is_in_the_trash_plays_after_it_is_restored(
    disk: Path, tmp_path: Path, as_alice: Any
) -> None:
    bring(disk, in_place=True)
    track = Track.objects.get(format="mp3")
    trash(Track.objects.filter(pk=track.pk))
    (disk / "a/one.mp3").rename(tmp_path / "aside.mp3")
    scan()
    (tmp_path / "aside.mp3").rename(disk / "a/one.mp3")
    scan()
    restore(Track.objects.filter(pk=track.pk))
    assert b"".join(as_alice.get(track.stream_url).streaming_content) == MP3.read_bytes()


def test_a_copy_plays_on_though_its_folder_was_brought_in_again_in_place_and_its_file_is_gone(disk: Path) -> None:
    bring(disk)
    bring(disk, in_place=True)
    (disk / "a/one.mp3").unlink()
    scan()
    track = Track.objects.get(format="mp3")
    assert track.state == "published"
    assert Path(track.file.path).read_bytes() == MP3.read_bytes()


def test_a_copy_plays_on_though_a_folder_around_it_is_used_in_place(disk: Path) -> None:
    bring(disk / "a")
    bring(disk, in_place=True)
    os.utime(disk / "a/one.mp3")
    scan(disk)
    scan()
    (disk / "a/one.mp3").unlink()
    scan()
    track = Track.objects.get(format="mp3")
    assert track.state == "published"
    assert Path(track.file.path).read_bytes() == MP3.read_bytes()


def test_a_link_is_missed_though_its_folder_was_brought_in_again_to_be_copied(disk: Path) -> None:
    bring(disk, in_place=True)
    bring(disk)
    (disk / "a/one.mp3").unlink()
    scan()
    assert Track.objects.get(format="mp3").state == "missing"


@pytest.mark.parametrize(("first", "second"), [("a", "."), (".", "a")])
def test_a_retagged_file_of_two_library_folders_shows_its_new_tags(disk: Path, first: str, second: str) -> None:
    bring(disk / first, in_place=True)
    bring(disk / second, in_place=True)
    retag(disk / "a/one.mp3", "The new title")
    scan(disk / second)
    assert Track.objects.get(format="mp3").title == "The new title"
    scan()
    assert Track.objects.count() == 2


def test_a_moved_file_takes_no_correction_back_though_its_copy_has_been_written_to(disk: Path) -> None:
    bring(disk)
    track = Track.objects.get(format="mp3")
    edit_tracks([track], TrackChanges(title="Corrected"))
    Track.objects.filter(pk=track.pk).update(sha256="0" * 64)
    (disk / "a").rename(disk / "b")
    scan()
    assert Track.objects.get(format="mp3").title == "Corrected"


def test_a_file_that_was_still_being_written_is_one_track_and_whole_in_the_end(disk: Path) -> None:
    whole = (disk / "a/one.mp3").read_bytes()
    (disk / "a/one.mp3").write_bytes(whole[: len(whole) // 2])
    bring(disk, in_place=True)
    half = Track.objects.get(format="mp3")
    (disk / "a/one.mp3").write_bytes(whole)
    scan()
    track = Track.objects.get(format="mp3")
    assert (track.pk, track.state, track.size_bytes) == (half.pk, "published", len(whole))
    assert track.duration_ms > half.duration_ms


def test_a_file_that_has_become_a_loop_of_links_is_missing(disk: Path) -> None:
    bring(disk, in_place=True)
    (disk / "a/one.mp3").unlink()
    (disk / "a/one.mp3").symlink_to(disk / "a/one.mp3")
    scan()
    assert Track.objects.get(format="mp3").state == "missing"


@pytest.fixture
def locked(disk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Music in place in a folder that may not be entered any more, not even by root, and some beside it."""
    shutil.copy2(OGG, disk)
    bring(disk, in_place=True)
    stat, scandir = os.stat, os.scandir

    def forbid(path: Any) -> None:
        if isinstance(path, str | Path) and Path(os.path.realpath(path)).parent == disk / "a":
            raise PermissionError(errno.EACCES, "Permission denied")

    def guarded_stat(path: Any, *arguments: Any, follow_symlinks: bool = True, **more: Any) -> os.stat_result:
        if follow_symlinks:
            forbid(path)
        return stat(path, *arguments, follow_symlinks=follow_symlinks, **more)

    def guarded_scandir(path: Any) -> Any:
        forbid(Path(path) / "anything")
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", guarded_stat)
        patch.setattr(os, "scandir", guarded_scandir)
        yield patch


def test_what_lies_in_a_folder_that_may_not_be_entered_is_not_called_missing(
    locked: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="1 to look at"):
        call_command("scan", jobs=1)
    assert "disk/a: It cannot be read: Permission denied." in capsys.readouterr().err
    call_command("check_media", fix=True)
    assert {track.state for track in Track.objects.all()} == {"published"}
    locked.undo()
    call_command("scan", jobs=1)
    assert "unchanged 3" in capsys.readouterr().out


def test_a_copy_of_what_may_not_be_read_any_more_is_played_instead(
    locked: pytest.MonkeyPatch, tmp_path: Path, as_alice: Any
) -> None:
    (tmp_path / "again").mkdir()
    shutil.copy(MP3, tmp_path / "again")
    bring(tmp_path / "again", in_place=True)
    track = Track.objects.get(format="mp3")
    assert b"".join(as_alice.get(track.stream_url).streaming_content) == MP3.read_bytes()


@pytest.mark.parametrize("is_dry_run", [True, False])
def test_a_folder_stays_with_whom_it_was_brought_in_for(disk: Path, bob: Any, is_dry_run: bool) -> None:
    bring(disk, in_place=True, visibility="private")
    with pytest.raises(CommandError, match="for alice") as refused:
        bring(disk, "bob", dry_run=is_dry_run)
    assert refused.value.returncode == 2
    folder = LibraryFolder.objects.get()
    assert (folder.user.username, folder.in_place, folder.visibility) == ("alice", True, "private")


@pytest.mark.parametrize("in_place", [True, False])
def test_a_track_that_was_deleted_for_good_does_not_come_back_with_the_next_look(disk: Path, in_place: bool) -> None:
    bring(disk, in_place=in_place)
    discard(Track.objects.filter(format="mp3"))
    scan()
    bring(disk, in_place=in_place)
    retag(disk / "a/one.mp3", "Retagged meanwhile")
    scan()
    bring(disk, in_place=in_place)
    assert [track.format for track in Track.objects.all()] == ["wav"]
    assert (disk / "a/one.mp3").exists()


def test_a_file_that_goes_while_its_track_is_in_the_trash_is_missing_when_it_is_restored(disk: Path) -> None:
    bring(disk, in_place=True)
    mp3 = Track.objects.filter(format="mp3")
    trash(mp3)
    (disk / "a/one.mp3").unlink()
    restore(mp3)
    assert mp3.get().state == "missing"


def test_a_correction_outlasts_a_file_that_was_only_touched(disk: Path) -> None:
    bring(disk)
    retag(disk / "a/one.mp3", "From the file")
    scan()
    track = Track.objects.get(format="mp3")
    assert track.title == "From the file"
    edit_tracks([track], TrackChanges(title="Corrected"))
    os.utime(disk / "a/one.mp3", ns=(1, 1))
    scan()
    assert Track.objects.get(format="mp3").title == "Corrected"
