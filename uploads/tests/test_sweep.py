"""What a crash, a full disk or a person who never came back leaves over, and that nothing else is touched."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from audio.facts import COVER_SIZES
from conftest import MP3
from music.files import cover_path, store_cover
from music.models import Artist, Track
from uploads import queue, receiving
from uploads.models import Upload
from uploads.rescue import rescue_unchecked
from uploads.sweep import sweep
from uploads.tasks import check_upload

pytestmark = pytest.mark.django_db

AUDIO = MP3.read_bytes()


def begun(user: Any, data: bytes = b"", size_bytes: int = len(AUDIO)) -> Upload:
    upload = receiving.begin(user, "a.mp3", size_bytes, visibility="public")
    upload.path.write_bytes(data)
    return upload


def aged(path: Path, age: timedelta) -> Path:
    then = time.time() - age.total_seconds()
    os.utime(path, (then, then), follow_symlinks=False)
    return path


def stray(name: str, age: timedelta = timedelta(hours=2), root: Path | None = None) -> Path:
    path = (root or Path(settings.MEDIA_ROOT)) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"of nobody")
    return aged(path, age)


def track(user: Any, name: str, **more: Any) -> Track:
    """A row, and a file as old as the oldest."""
    artist, _ = Artist.objects.get_or_create(name="Somebody", defaults={"sort_key": "somebody"})
    stray(name, timedelta(days=3))
    facts = {"sha256": name, "audio_sha256": name, "format": "mp3", "size_bytes": 9, "duration_ms": 1}
    sound = {"bitrate_kbps": 1, "sample_rate_hz": 1, "channels": 1}
    return Track.objects.create(title=name, artist=artist, uploader=user, file=name, **facts, **sound, **more)


def state_of(upload: Upload) -> str:
    return str(Upload.objects.get(pk=upload.pk).state)


def waiting(user: Any, since: timedelta = timedelta(minutes=5)) -> Upload:
    upload = begun(user, AUDIO)
    row = Upload.objects.filter(pk=upload.pk)
    row.update(state=Upload.State.RECEIVED, state_since=timezone.now() - since)
    return upload


def task_of(upload: Upload, status: str, **more: Any) -> DBTaskResult:
    row = DBTaskResult.objects.create(
        args_kwargs={"args": [str(upload.pk)], "kwargs": {}},
        task_path=check_upload.module_path,
        backend_name="default",
        run_after=None,
        status=status,
        **more,
    )
    assert row.task == check_upload
    return row


def test_there_is_nothing_to_do_where_all_is_well(alice: Any) -> None:
    begun(alice, AUDIO[:10])
    task_of(waiting(alice), "READY")
    track(alice, "tracks/aa/known.mp3")
    before = {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}
    assert set(sweep().values()) == {0}
    assert {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()} == before


def test_an_upload_that_nobody_came_back_to_goes_with_its_file(alice: Any) -> None:
    old, young = begun(alice, AUDIO[:10]), begun(alice, AUDIO[:10])
    aged(old.path, timedelta(days=7, minutes=1))
    aged(young.path, timedelta(days=6))
    sweep()
    assert list(Upload.objects.all()) == [young]
    assert not old.path.exists() and young.path.exists()


def test_a_file_whose_last_byte_came_before_a_crash_is_checked(
    alice: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    upload = begun(alice, AUDIO)
    with django_capture_on_commit_callbacks() as asked:
        sweep()
    assert state_of(upload) == Upload.State.RECEIVED
    assert [call.args for call in asked if call.func == check_upload.enqueue] == [(str(upload.pk),)]


@pytest.mark.parametrize("state", [Upload.State.RECEIVING, Upload.State.RECEIVED, Upload.State.CHECKED])
def test_an_upload_without_its_file_is_refused_with_a_reason(alice: Any, state: str) -> None:
    upload = begun(alice)
    Upload.objects.update(state=state)
    upload.path.unlink()
    sweep()
    upload.refresh_from_db()
    assert (upload.state, upload.reason) == (
        Upload.State.REFUSED,
        "The file was lost on its way. Send it again.",
    )


def test_files_of_no_upload_go_after_an_hour(alice: Any) -> None:
    settled = begun(alice, AUDIO)
    Upload.objects.update(state=Upload.State.REVIEW)
    aged(settled.path, timedelta(hours=2))
    old, young = stray("incoming/" + "a" * 32), stray("incoming/" + "b" * 32, timedelta(minutes=50))
    sweep()
    assert [old.exists(), settled.path.exists(), young.exists()] == [False, False, True]


def test_an_upload_that_nobody_was_asked_to_check_is_asked_for_once(alice: Any) -> None:
    upload = waiting(alice)
    rescue_unchecked()
    rescue_unchecked()
    assert [task.args_kwargs["args"] for task in DBTaskResult.objects.all()] == [[str(upload.pk)]]


def test_an_upload_that_has_just_come_in_is_left_to_its_request(alice: Any) -> None:
    waiting(alice, timedelta(seconds=5))
    rescue_unchecked()
    assert not DBTaskResult.objects.exists()


def test_a_failed_check_is_tried_again_after_an_hour_and_not_before(alice: Any) -> None:
    failed = task_of(waiting(alice), "FAILED", finished_at=timezone.now(), exception_class_path="audio.CannotInspect")
    rescue_unchecked()
    assert DBTaskResult.objects.count() == 1
    DBTaskResult.objects.filter(pk=failed.pk).update(finished_at=timezone.now() - timedelta(hours=2))
    rescue_unchecked()
    assert DBTaskResult.objects.filter(status="READY").count() == 1


@pytest.mark.parametrize(("trouble", "tries"), [(queue.WORKER_DIED, 1), ("audio.CannotInspect", 24)])
def test_what_cannot_be_checked_is_refused_in_the_end(alice: Any, trouble: str, tries: int) -> None:
    upload = waiting(alice)
    for _ in range(tries):
        assert state_of(upload) == Upload.State.RECEIVED
        task_of(upload, "FAILED", finished_at=timezone.now(), exception_class_path=trouble)
        rescue_unchecked()
    upload.refresh_from_db()
    assert upload.state == Upload.State.REFUSED and "could not be checked" in upload.reason
    assert not upload.path.exists()


def test_media_files_of_nobody_go_and_those_of_somebody_stay(alice: Any) -> None:
    track(alice, "tracks/aa/known.mp3")
    track(alice, "tracks/aa/trashed.mp3", state=Track.State.TRASHED)
    small, large = min(COVER_SIZES), max(COVER_SIZES)
    kept = store_cover({small: b"small", large: b"large"})
    Track.objects.update(cover=kept)
    for size in (small, large):
        aged(cover_path(kept, size), timedelta(hours=3))
    gone = [
        stray("tracks/bb/unknown.mp3"),
        stray("tracks/aa/cut.part"),
        stray("covers/cc/" + "c" * 32 + "-64.webp"),
        stray("covers/cc/cut.part"),
    ]
    young = stray("tracks/bb/young.mp3", timedelta(minutes=10))
    upload = waiting(alice)
    adopted = stray(f"tracks/dd/{upload.path.name}.mp3")
    link = Path(settings.MEDIA_ROOT) / "tracks/bb/link.mp3"
    link.symlink_to(MP3)
    sweep()
    assert [path.exists() for path in gone] == [False] * 4
    assert all(path.exists() for path in (young, adopted, link, cover_path(kept, small), cover_path(kept, large)))
    aged(link, timedelta(hours=2))
    sweep()
    assert not link.is_symlink() and MP3.exists()
    assert {
        str(row.file) for row in Track.objects.all() if not (Path(settings.MEDIA_ROOT) / row.file.name).exists()
    } == set()


def test_a_library_that_the_database_does_not_know_is_left_alone(alice: Any) -> None:
    """Somebody started it with an empty database beside a full media folder."""
    track(alice, "tracks/aa/known.mp3")
    library = [stray(f"tracks/bb/{number}.mp3") for number in range(20)]
    sweep()
    assert all(path.exists() for path in library)


def test_files_of_long_ago_are_no_crashs(alice: Any) -> None:
    track(alice, "tracks/aa/known.mp3")
    old = stray("tracks/bb/old.mp3", timedelta(days=30))
    sweep()
    assert old.exists()


def test_parts_of_requests_go_when_no_server_writes_to_them_any_more(alice: Any) -> None:
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    stale = stray("a.upload", root=folder)
    live = stray("b.upload", timedelta(seconds=30), root=folder)
    sweep()
    assert [stale.exists(), live.exists()] == [False, True]


def test_settled_uploads_are_forgotten_after_a_month_and_drafts_never(alice: Any) -> None:
    for state in Upload.State.values:
        upload = begun(alice, AUDIO[:10])
        since = timezone.now() - timedelta(days=31)
        Upload.objects.filter(pk=upload.pk).update(state=state, state_since=since)
    sweep()
    assert set(Upload.objects.values_list("state", flat=True)) == {"receiving", "received", "checked", "review"}


def test_the_trash_is_emptied_of_what_is_overdue(alice: Any) -> None:
    now = timezone.now()
    old = track(alice, "tracks/aa/old.mp3", state=Track.State.TRASHED, state_since=now - timedelta(days=31))
    track(alice, "tracks/aa/young.mp3", state=Track.State.TRASHED, state_since=now - timedelta(days=29))
    assert sweep(dry_run=True)["overdue tracks in the trash"] == 1
    assert sweep()["overdue tracks in the trash"] == 1
    assert not Track.objects.filter(pk=old.pk).exists() and Track.objects.count() == 1


def test_a_file_that_cannot_be_removed_does_not_keep_the_others(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stubborn, other = stray("incoming/" + "a" * 32), stray("incoming/" + "b" * 32)
    unlink = os.unlink

    def unlinked(path: Any, **more: Any) -> None:
        if str(path) == str(stubborn):
            raise PermissionError("not yours")
        unlink(path, **more)

    monkeypatch.setattr(os, "unlink", unlinked)
    assert sweep()["incoming files of no upload"] == 1
    assert stubborn.exists() and not other.exists()


def test_the_command_tells_first_and_does_then(alice: Any) -> None:
    upload = begun(alice, AUDIO[:10])
    aged(upload.path, timedelta(days=8))
    said = StringIO()
    call_command("sweep_uploads", "--dry-run", stdout=said)
    assert "1 unfinished uploads older than a week" in said.getvalue() and "Nothing was changed." in said.getvalue()
    assert upload.path.exists()
    call_command("sweep_uploads", stdout=said)
    assert not Upload.objects.exists()
    call_command("sweep_uploads", stdout=(last := StringIO()))
    assert last.getvalue() == "Nothing to put right.\n"
