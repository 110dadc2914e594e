"""What is asked before the first byte, and what happens between it and the last."""

import errno
import fcntl
import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError

from conftest import MP3
from music.models import Track
from uploads import receiving
from uploads.models import Upload
from uploads.receiving import Busy, Gone, NoRoom, TooLarge, WrongOffset
from uploads.room import is_full_disk

AUDIO = MP3.read_bytes()


def begin(user: Any, size_bytes: int = len(AUDIO), filename: str = "a.mp3") -> Upload:
    return receiving.begin(user, filename, size_bytes, visibility=Track.Visibility.PRIVATE)


def incoming() -> list[Path]:
    return list((Path(settings.MEDIA_ROOT) / "incoming").glob("*"))


def test_what_arrives_in_parts_is_the_file_that_was_sent(alice: Any, django_capture_on_commit_callbacks: Any) -> None:
    upload = begin(alice)
    with django_capture_on_commit_callbacks() as callbacks:
        half = receiving.append(upload, 0, io.BytesIO(AUDIO[:1000]), 1000)
        assert receiving.arrived_bytes(upload) == half == 1000 and callbacks == []
        receiving.append(upload, 1000, io.BytesIO(AUDIO[1000:]), len(AUDIO) - 1000)
    upload.refresh_from_db()
    assert upload.state == Upload.State.RECEIVED
    assert upload.path.read_bytes() == AUDIO
    assert len(callbacks) == 1


def test_a_file_is_asked_to_be_checked_once_however_often_it_is_finished(
    alice: Any, django_capture_on_commit_callbacks: Any
) -> None:
    upload = begin(alice)
    with django_capture_on_commit_callbacks() as callbacks:
        receiving.finish(upload)
        receiving.finish(Upload.objects.get(pk=upload.pk))
    assert len(callbacks) == 1


def test_a_whole_file_is_moved_in_and_may_be_read_by_the_group(alice: Any, tmp_path: Path) -> None:
    source = tmp_path / "form"
    source.write_bytes(AUDIO)
    upload = receiving.take_file(alice, source, "a.mp3", visibility=Track.Visibility.PUBLIC)
    assert upload.state == Upload.objects.get().state == Upload.State.RECEIVED
    assert upload.path.read_bytes() == AUDIO and not source.exists()
    assert upload.path.stat().st_mode & 0o777 == settings.FILE_UPLOAD_PERMISSIONS


def test_bytes_that_do_not_follow_are_not_taken(alice: Any) -> None:
    upload = begin(alice)
    receiving.append(upload, 0, io.BytesIO(b"1234"), 4)
    with pytest.raises(WrongOffset) as trouble:
        receiving.append(upload, 2, io.BytesIO(b"34"), 2)
    assert trouble.value.expected == 4
    with pytest.raises(TooLarge):
        receiving.append(upload, 4, io.BytesIO(AUDIO), len(AUDIO))
    assert upload.path.read_bytes() == b"1234"


def test_two_never_write_the_same_upload(alice: Any) -> None:
    upload = begin(alice)
    with upload.path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Busy):
            receiving.append(upload, 0, io.BytesIO(b"1234"), 4)
        with pytest.raises(Busy):
            receiving.cancel(upload)
    assert receiving.append(upload, 0, io.BytesIO(b"1234"), 4) == 4


def test_nothing_is_added_to_what_is_cancelled_or_has_arrived(alice: Any) -> None:
    cancelled, arrived = begin(alice), begin(alice)
    receiving.cancel(cancelled)
    receiving.finish(arrived)
    for upload in (cancelled, arrived):
        with pytest.raises(Gone):
            receiving.append(upload, 0, io.BytesIO(b"1234"), 4)
        with pytest.raises(Gone):
            receiving.cancel(upload)
    assert incoming() == [arrived.path]


@pytest.mark.parametrize(
    ("filename", "size_bytes", "trouble"),
    [
        ("", 10, ValueError),
        ("a" * 252 + ".mp3", 10, ValueError),
        ("a\0.mp3", 10, ValueError),
        ("a\n.mp3", 10, ValueError),
        ("a.mp3", 0, ValueError),
        ("a.mp3", 500 * 1024**2 + 1, TooLarge),
    ],
)
def test_what_cannot_be_taken_is_refused_before_its_first_byte(
    alice: Any, filename: str, size_bytes: int, trouble: type[Exception]
) -> None:
    with pytest.raises(trouble, match=r"\.$"):
        begin(alice, size_bytes, filename)
    assert not Upload.objects.exists() and incoming() == []


def test_nobody_has_thousands_of_unfinished_uploads(alice: Any, bob: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MAX_UNFINISHED", 2)
    first, _second = begin(alice), begin(alice)
    with pytest.raises(NoRoom, match="2 unfinished uploads"):
        begin(alice)
    begin(bob)
    receiving.finish(first)
    begin(alice)


def test_a_file_that_the_disk_has_no_room_for_is_refused_before_its_first_byte(alice: Any, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 2**60
    with pytest.raises(NoRoom, match="no room left on the server"):
        begin(alice, 2**60)
    assert not Upload.objects.exists()


def test_a_disk_that_fills_up_leaves_neither_row_nor_file(
    alice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "form"
    source.write_bytes(AUDIO)
    upload = begin(alice)

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(NoRoom):
            receiving.append(upload, 0, io.BytesIO(AUDIO), len(AUDIO))
        patch.setattr(receiving.shutil, "move", full)
        with pytest.raises(NoRoom):
            receiving.take_file(alice, source, "a.mp3", visibility=Track.Visibility.PUBLIC)
    assert not Upload.objects.exists() and incoming() == []


def test_a_database_without_room_says_so_in_its_own_words() -> None:
    assert is_full_disk(OperationalError("database or disk is full"))
    assert is_full_disk(OperationalError('could not extend file "base/1": No space left on device'))
    assert not is_full_disk(OperationalError("database is locked"))
