"""A Music Streamer of its own in a folder, configured by the environment, and nothing of what this machine runs."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import django

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = Path(tempfile.gettempdir()) / "music-streamer-benchmarks"
START_SECONDS = 300


def environment(folder: Path) -> dict[str, str]:
    """What makes any of the product's commands live in this folder."""
    return {
        "DJANGO_SETTINGS_MODULE": "music_streamer.settings",
        "SECRET_KEY": _secret_key(folder),
        "DATA_DIR": str(folder),
        "MEDIA_ROOT": str(folder / "media"),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "MONGODB_URI": "",
        "DEBUG": "0",
        "DEMO": "0",
    }


def set_up_django(folder: Path, **settings: str) -> None:
    """This process becomes the product living in the folder. Once per process."""
    os.environ |= environment(folder) | settings
    django.setup()


def manage(folder: Path, *arguments: str) -> None:
    subprocess.run(manage_command(*arguments), cwd=ROOT, env=os.environ | environment(folder), check=True)


def manage_command(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


@contextmanager
def serving(folder: Path, port: int, **settings: str) -> Iterator[int]:
    """The product as `make run` serves it, until the block ends; answers its process id."""
    own = environment(folder) | {"PORT": str(port)} | settings
    with (folder / f"serve-{port}.log").open("wb") as log:
        process = subprocess.Popen(
            manage_command("serve"), cwd=ROOT, env=os.environ | own, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz/", process)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < give_up_at:
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"Nothing answers at {url}.")


def skip(why: str) -> NoReturn:
    """Something that is not this program's to install is absent: say so, and let the next benchmark run."""
    print(f"Skipped: {why}")
    sys.exit(0)


def _secret_key(folder: Path) -> str:
    """One for all processes of a folder, so that they know each other's sessions."""
    file = folder / "benchmark_key"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(secrets.token_urlsafe(64))
    return file.read_text()
