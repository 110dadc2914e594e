"""kill -9 of an import of a folder, in the middle of its work."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, Server
from tests.own_database import own_database
from uploads.tests.arriving import tone
from uploads.tests.real_server import asked, media, sha256, wait_for

FILES = 650  # more than one batch
MAKE_ALICE = "from django.contrib.auth import get_user_model as m; m().objects.create_user('alice', 'a@example.org')"
TWO_HOURS = 7200


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Server]:
    """A site that nobody serves: only its commands are run."""
    with own_database(tmp_path, has_tables=True) as database_url:
        site = Server(tmp_path, database_url)
        subprocess.run([sys.executable, "-m", "music_streamer.secret_key"], cwd=ROOT, env=site.environment, check=True)
        site.manage("shell", "--command", MAKE_ALICE)
        yield site


def library(folder: Path) -> Path:
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number}.wav").write_bytes(tone(0.1, level=number))
    return folder


def killed_once(site: Server, *arguments: str, when: Callable[[], bool]) -> None:
    command = [sys.executable, "manage.py", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=site.environment, stderr=subprocess.DEVNULL)
    wait_for(when, seconds=180, pause=0.01)
    process.kill()
    assert process.wait() == -signal.SIGKILL, "it was through before it could be killed"


@pytest.mark.parametrize("way", ["--copy", "--in-place"])
def test_an_import_that_was_killed_goes_on_and_every_file_is_one_track(site: Server, tmp_path: Path, way: str) -> None:
    folder = library(tmp_path / "disk")
    bring = ("import_music", str(folder), "--user", "alice", "--jobs", "2", way)
    stored = tmp_path / "media" / "tracks"

    killed_once(site, *bring, when=lambda: any(stored.rglob("*.wav")))
    interrupted = len(asked(site, "SELECT id FROM music_track"))
    assert interrupted < FILES
    summary = site.manage(*bring)

    assert f"Added {FILES - interrupted}, already here {interrupted}, refused 0" in summary
    assert "Added 0" in site.manage(*bring)
    came = Counter(sha256(file.read_bytes()) for file in folder.iterdir())
    assert Counter(row[0] for row in asked(site, "SELECT sha256 FROM music_track")) == came
    for file in media(site, "tracks"):
        os.utime(file, (time.time() - TWO_HOURS,) * 2, follow_symlinks=False)
    site.manage("sweep_uploads")
    assert Counter(sha256(file.read_bytes()) for file in media(site, "tracks")) == came
    site.manage("check_media")
