"""What becomes of a file that has arrived, whatever happens meanwhile."""

import errno
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection

from audio.sandbox import CannotInspect
from conftest import MP3, OGG, make_user, media_files
from music.models import Track
from uploads import checking
from uploads.checking import check_now, give_up
from uploads.models import Upload
from uploads.tests.arriving import arrived, retagged


def checked(upload: Upload) -> Upload:
    check_now(str(upload.pk))
    upload.refresh_from_db()
    return upload


def audio_files() -> list[Path]:
    return [path for path in media_files() if "covers" not in path.parts]


def test_a_good_file_becomes_a_draft_that_nobody_else_sees(alice: Any, bob: Any) -> None:
    upload = checked(arrived(alice, MP3))
    assert upload.state == "review"
    assert upload.track
    assert (upload.track.state, upload.track.title, upload.track.uploader) == ("review", "Corner Booth at Two", alice)
    assert upload.track.loudness_lufs is not None
    assert not Track.objects.visible_to(bob).exists()
    assert not Track.objects.visible_to(alice).exists()
    assert audio_files() == [Path(upload.track.file.path)]


def test_a_file_that_is_no_music_is_refused_with_a_reason_and_goes(alice: Any) -> None:
    upload = checked(arrived(alice, b"MZ" + bytes(5000), "holiday.mp3"))
    assert upload.state == "refused"
    assert upload.reason.endswith(".")
    assert media_files() == []


def test_checking_again_changes_nothing(alice: Any) -> None:
    upload = checked(arrived(alice, MP3))
    before = (upload.track_id, media_files())
    assert checked(upload).track_id == before[0]
    assert Track.objects.count() == 1
    assert media_files() == before[1]


def test_a_file_that_still_arrives_is_left_alone(alice: Any) -> None:
    upload = arrived(alice, MP3)
    Upload.objects.update(state="receiving")
    assert checked(upload).state == "receiving"
    assert upload.path.exists()


def test_a_file_that_was_taken_back_is_nothing_to_check(alice: Any) -> None:
    upload = arrived(alice, MP3)
    Upload.objects.all().delete()
    check_now(str(upload.pk))
    assert not Track.objects.exists()


class Killed(BaseException):
    """What no code here catches: the process is gone."""


@pytest.mark.parametrize("step", ["inspect_many", "store_cover", "adopt_audio", "add_tracks", "twin_of"])
@pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
def test_a_check_killed_at_any_step_is_finished_by_the_next(
    alice: Any, monkeypatch: pytest.MonkeyPatch, step: str, is_done: bool
) -> None:
    upload = arrived(alice, MP3)
    real = getattr(checking, step)

    def killed(*args: Any, **more: Any) -> None:
        if is_done:
            answer = real(*args, **more)
            if step == "inspect_many":
                list(answer)
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(checking, step, killed)
        # A dead process tidies nothing up.
        dying.setattr(checking, "discard_files", lambda *names: None)
        with pytest.raises(Killed):
            check_now(str(upload.pk))
    assert Track.objects.count() == 0
    assert upload.path.exists()

    assert checked(upload).state == "review"
    assert [Path(track.file.path) for track in Track.objects.all()] == audio_files()


def test_a_check_killed_after_its_commit_leaves_nothing_once_it_is_repeated(
    alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = arrived(alice, MP3)
    with monkeypatch.context() as dying:
        dying.setattr(Path, "unlink", lambda *args, **more: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            check_now(str(upload.pk))
    assert upload.path.exists()
    assert checked(upload).state == "review"
    assert len(audio_files()) == 1


def test_a_full_disk_is_a_reason_and_leaves_nothing(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checking, "adopt_audio", full)
    upload = checked(arrived(alice, MP3))
    assert upload.state == "refused"
    assert "no room left" in upload.reason
    assert media_files() == []


@pytest.mark.parametrize("trouble", [OperationalError("the database is away"), CannotInspect("no child")])
def test_what_is_no_fault_of_the_file_is_tried_again(
    alice: Any, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def broken(*args: Any, **more: Any) -> None:
        raise trouble

    upload = arrived(alice, MP3)
    with monkeypatch.context() as for_now:
        for_now.setattr(checking, "inspect_many" if isinstance(trouble, CannotInspect) else "add_tracks", broken)
        with pytest.raises(type(trouble)):
            check_now(str(upload.pk))
    assert audio_files() == [upload.path]
    assert checked(upload).state == "review"


def test_a_file_that_is_gone_is_refused(alice: Any) -> None:
    upload = arrived(alice, MP3)
    upload.path.unlink()
    assert checked(upload).state == "refused"
    assert "Send it again" in upload.reason


def test_a_file_that_ends_every_worker_is_given_up(alice: Any) -> None:
    upload = arrived(alice, MP3)
    give_up(str(upload.pk))
    upload.refresh_from_db()
    assert upload.state == "refused"
    assert upload.reason
    assert media_files() == []


def test_a_place_without_hard_links_takes_a_copy(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*args: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", unsupported)
    upload = checked(arrived(alice, MP3))
    assert upload.track
    assert Path(upload.track.file.path).read_bytes() == MP3.read_bytes()
    assert len(audio_files()) == 1


@pytest.fixture
def at_once(shared_database: str) -> Any:
    """Checks in threads of their own that all have their verdict before any of them goes on."""

    def run(*uploads: Upload) -> None:
        met = threading.Barrier(len(uploads))
        real = checking.inspect_many

        def together(files: Any) -> list[Any]:
            verdicts = list(real(files))
            met.wait(60)
            return verdicts

        def check(upload: Upload) -> None:
            try:
                check_now(str(upload.pk))
            finally:
                connection.close()

        with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(len(uploads)) as pool:
            patch.setattr(checking, "inspect_many", together)
            list(pool.map(check, uploads))

    return run


def states() -> list[str]:
    return sorted(Upload.objects.values_list("state", flat=True))


def test_one_file_checked_by_two_workers_at_once_is_one_draft(at_once: Any) -> None:
    upload = arrived(make_user("alice"), MP3)
    at_once(upload, upload)
    assert states() == ["review"]
    assert Track.objects.count() == len(audio_files()) == 1


def test_the_same_file_sent_twice_at_once_is_one_draft_and_one_duplicate(at_once: Any) -> None:
    user = make_user("alice")
    at_once(arrived(user, MP3), arrived(user, MP3))
    assert states() == ["duplicate", "review"]
    assert Track.objects.count() == len(audio_files()) == 1


def test_the_same_sound_sent_twice_at_once_is_two_drafts_of_which_one_is_a_copy(at_once: Any, tmp_path: Path) -> None:
    user = make_user("alice")
    at_once(arrived(user, MP3), arrived(user, retagged(MP3, tmp_path, title="Another Name")))
    assert states() == ["review", "review"]
    assert sorted(Track.objects.values_list("is_copy", flat=True)) == [False, True]
    assert Upload.objects.filter(twin=None).count() == 1


def test_different_files_by_one_artist_checked_at_once_share_the_artist(at_once: Any) -> None:
    user = make_user("alice")
    at_once(arrived(user, MP3), arrived(user, OGG))
    assert states() == ["review", "review"]
    assert Track.objects.values("artist").distinct().count() == 1


def test_a_name_that_is_deleted_in_the_same_moment_is_made_again(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    add, refusals = checking.add_tracks, [IntegrityError("the artist has just gone")]

    def sometimes(new: Any) -> Any:
        if refusals:
            raise refusals.pop()
        return add(new)

    monkeypatch.setattr(checking, "add_tracks", sometimes)
    upload = checked(arrived(alice, MP3))
    assert upload.state == "review"
    assert audio_files() == [Path(upload.track.file.path)]
