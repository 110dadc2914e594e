"""Odd and hostile files through the door from the disk."""

import shutil
import tracemalloc
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from conftest import MP3, media_files
from music.models import Track
from uploads.disk.walk import walk
from uploads.models import LibraryFile
from uploads.tests.odd_files import AUDIO, needs_odd_files, odd_files, strange_names


def bring(folder: Path, **options: Any) -> None:
    with suppress(CommandError):
        call_command("import_music", str(folder), user="alice", **options)


@needs_odd_files
def test_every_odd_file_gets_its_verdict_and_no_refused_one_leaves_anything(
    alice: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(AUDIO, in_place=True)
    taken = {Path(row.path).name for row in LibraryFile.objects.all()}
    refused = {line.split(": ")[0].rpartition("/")[2] for line in capsys.readouterr().err.splitlines()}
    wrong = [
        row["file"]
        for row in odd_files()
        if (name := Path(row["file"]).name) is not None
        and ((row["verdict"] == "accept" and name in refused) or (row["verdict"] == "reject" and name in taken))
    ]
    assert wrong == []
    assert len(taken) > 100
    links = {path.name for path in (Path(settings.MEDIA_ROOT) / "tracks").rglob("*") if path.is_symlink()}
    assert links == {Path(str(track.file)).name for track in Track.objects.all()}


@needs_odd_files
def test_hostile_names_are_only_names(alice: Any, tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    made = 0
    for name in strange_names():
        with suppress(OSError, ValueError):
            if "/" not in name:
                shutil.copy(MP3, folder / name)
                made += 1
    bring(folder)
    assert made > 15
    assert Track.objects.count() == 1  # the same bytes, whatever they are called
    names = {path.name for path in media_files()}
    assert not any("script" in name or "php" in name or "passwd" in name for name in names)


def test_a_folder_with_very_many_entries_is_read_in_pieces(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(20_000):
        (folder / f"{number}.mp3").touch()
    tracemalloc.start()
    assert sum(1 for _ in walk([str(folder)], lambda path, reason: None)) == 20_000
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
    assert len(list(islice(walk([str(folder)], lambda path, reason: None), 3))) == 3
