import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from conftest import MP3, WAV
from music.files import cover_path
from music.models import Album, Track
from uploads.disk import media_check
from uploads.models import Sidecar, Upload


@pytest.fixture
def library(alice: Any, tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    shutil.copy(MP3, folder)
    shutil.copy(WAV, folder)
    call_command("import_music", str(folder), user="alice", jobs=1)


def check(**options: Any) -> None:
    call_command("check_media", **options)


def test_a_library_as_it_was_brought_in_is_well(library: None, capsys: pytest.CaptureFixture[str]) -> None:
    check()
    assert "agree" in capsys.readouterr().out


def test_a_track_without_its_file_is_found_and_marked(library: None, capsys: pytest.CaptureFixture[str]) -> None:
    track = Track.objects.get(format="mp3")
    Path(track.file.path).unlink()
    with pytest.raises(CommandError, match="1 difference\\."):
        check()
    assert "its file is not there" in capsys.readouterr().err
    check(fix=True)
    track.refresh_from_db()
    assert track.state == "missing"
    check()


def test_a_file_of_another_size_goes_to_the_quarantine(library: None) -> None:
    track = Track.objects.get(format="mp3")
    with Path(track.file.path).open("ab") as file:
        file.write(b"more")
    with pytest.raises(CommandError):
        check()
    check(fix=True)
    assert (Path(settings.MEDIA_ROOT) / "quarantine" / track.file.name).exists()
    check()


@pytest.fixture
def stray(library: None) -> Path:
    path = Path(settings.MEDIA_ROOT) / "tracks" / "zz" / "stray.mp3"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"who knows")
    return path


def test_a_file_that_was_just_stored_waits_for_its_track(stray: Path) -> None:
    check(fix=True)
    assert stray.exists()


def test_a_stray_file_goes_to_the_quarantine_and_is_not_lost(stray: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_check, "JUST_STORED", timedelta())
    with pytest.raises(CommandError):
        check()
    assert stray.exists()
    check(fix=True)
    assert not stray.exists()
    assert (Path(settings.MEDIA_ROOT) / "quarantine" / "tracks" / "zz" / "stray.mp3").read_bytes() == b"who knows"
    check()


def test_a_picture_that_is_gone_is_drawn_instead(library: None) -> None:
    track = Track.objects.exclude(cover="").first()
    assert track
    cover_path(track.cover, 96).unlink()
    with pytest.raises(CommandError):
        check()
    check(fix=True)
    track.refresh_from_db()
    assert track.cover == ""
    check()


def test_a_picture_that_no_track_has_is_somebodys_all_the_same(library: None, alice: Any) -> None:
    track = Track.objects.exclude(cover="").earliest("pk")
    upload = Upload.objects.create(user=alice, filename="cover.jpg", size_bytes=1, kind="cover", state="kept")
    kept = Sidecar.objects.create(upload=upload, cover=track.cover)
    Track.objects.filter(cover=kept.cover).update(cover="")
    Album.objects.filter(cover=kept.cover).update(cover="")
    check()

    cover_path(kept.cover, 96).unlink()
    check(fix=True)
    kept.refresh_from_db()
    assert kept.cover == ""
    check()
