"""What the settings refuse, and what they promise in production. Each in a process of its own."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GOOD_KEY = "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "MEDIA_ROOT": str(folder / "media"), **environment}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("key", ["", "short", "django-insecure-" + GOOD_KEY, "aaaa" * 20])
def test_a_missing_short_or_default_key_refuses_to_start(tmp_path: Path, key: str) -> None:
    result = run(tmp_path, "manage.py", "check", SECRET_KEY=key)
    assert result.returncode != 0
    assert "secret key" in result.stderr.lower().replace("_", " ")
    assert "Traceback" not in result.stderr


def test_a_missing_key_is_made_by_what_leaves_the_place_empty_for_a_backup(tmp_path: Path) -> None:
    assert "Run `make build`" in run(tmp_path, "manage.py", "restore", str(tmp_path)).stderr


def test_the_first_run_makes_a_private_key_and_the_next_keeps_it(tmp_path: Path) -> None:
    for _ in range(2):
        assert run(tmp_path, "-m", "music_streamer.secret_key").returncode == 0
        keys = {(tmp_path / "secret_key").read_text()}
    assert len(keys) == 1
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert run(tmp_path, "manage.py", "check").returncode == 0


def test_a_production_site_passes_djangos_deployment_check(tmp_path: Path) -> None:
    result = run(
        tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING",
        SECRET_KEY=GOOD_KEY, SITE_URL="https://music.example",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr


def test_an_address_without_a_scheme_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path, "manage.py", "check", SECRET_KEY=GOOD_KEY, SITE_URL="music.example")
    assert "SITE_URL must begin with http:// or https://" in result.stderr


def test_a_database_without_a_scheme_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path, "manage.py", "check", SECRET_KEY=GOOD_KEY, DATABASE_URL="music.example/music")
    assert "DATABASE_URL must look like postgres://user:password@host/name" in result.stderr


def test_a_number_that_is_none_is_refused_by_its_name(tmp_path: Path) -> None:
    result = run(tmp_path, "manage.py", "check", SECRET_KEY=GOOD_KEY, UPLOAD_MAX_BYTES="500 MB")
    assert "UPLOAD_MAX_BYTES must be a whole number, not '500 MB'" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"LASTFM_API_KEY": "k"}, "Last.fm needs both LASTFM_API_KEY and LASTFM_API_SECRET"),
        ({"LISTENBRAINZ_URL": "listenbrainz.example"}, "LISTENBRAINZ_URL must begin with http:// or https://"),
    ],
)
def test_half_a_scrobbling_service_is_refused(tmp_path: Path, said: dict[str, str], words: str) -> None:
    assert words in run(tmp_path, "manage.py", "check", SECRET_KEY=GOOD_KEY, **said).stderr


@pytest.mark.parametrize(
    "said", ["blog.example", "https://a.example; script-src *", "'none'", "https://a.example/page"]
)
def test_a_site_that_cannot_be_named_in_a_policy_is_refused(tmp_path: Path, said: str) -> None:
    result = run(tmp_path, "manage.py", "check", SECRET_KEY=GOOD_KEY, SHARE_FRAME_ANCESTORS=said)
    assert result.returncode != 0 and "SHARE_FRAME_ANCESTORS must be" in result.stderr


def test_a_port_that_is_taken_says_so_before_anything_is_changed(tmp_path: Path) -> None:

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run(tmp_path, "manage.py", "serve", SECRET_KEY=GOOD_KEY, PORT=str(taken.getsockname()[1]))
    assert result.returncode == 1
    assert "is not free" in result.stderr
    assert not (tmp_path / "db.sqlite3").exists()


def test_serving_the_whole_network_answers_to_this_machines_own_names_only(tmp_path: Path) -> None:

    ask = "from django.conf import settings; print(*settings.ALLOWED_HOSTS)"
    hosts = run(tmp_path, "manage.py", "shell", "-c", ask, SECRET_KEY=GOOD_KEY, HOST="0.0.0.0").stdout.split()
    assert socket.gethostname() in hosts
    assert "*" not in hosts
