"""What it costs to take in a library from the disk: tracks per CPU-second and memory, beside Supysonic's scan.

    .venv/bin/python -m benchmarks.importing --tool make_library.py [--sizes 2000 20000 100000] [--reference 20000]

Every import begins with an empty database; what it leaves is what benchmarks.browsing looks at.
"""

import argparse
import shutil
import sqlite3
from pathlib import Path

from benchmarks import reference
from benchmarks.cost import Cost, cost_of
from benchmarks.ground import ROOT, environment, manage, manage_command
from benchmarks.library import COMPLETE, add_options, library

USER = "alice"
MAKE_USER = f"""
from django.contrib.auth import get_user_model
get_user_model().objects.create_user("{USER}", "{USER}@example.org", None)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--reference", type=int, default=20_000, help="the largest library that Supysonic scans too")
    options = parser.parse_args()
    print(f"{'':16}{'tracks':>9}{'per CPU-second':>16}{'x Supysonic':>13}{'seconds':>9}{'peak memory':>14}")
    beside = 0.0
    for size in options.sizes:
        if size <= options.reference:
            cost = reference.scan(size, options)
            beside = _row("Supysonic", _count(reference.scanned(size, options), "track"), cost, 0)
        cost = import_library(size, options)
        _row("Music Streamer", _count(imported(size, options), "music_track"), cost, beside)


def imported(size: int, options: argparse.Namespace) -> Path:
    """Our folder with the library of this size in it, imported now if it is not there."""
    folder: Path = options.scratch / f"music-streamer-{size}"
    if not (folder / COMPLETE).exists():
        import_library(size, options)
    return folder


def import_library(size: int, options: argparse.Namespace) -> Cost:
    """What it costs us to take in the library of this size, from nothing, where it lies."""
    music, folder = library(size, options), options.scratch / f"music-streamer-{size}"
    shutil.rmtree(folder, ignore_errors=True)
    manage(folder, "migrate", "--verbosity", "0")
    manage(folder, "shell", "--verbosity", "0", "--command", MAKE_USER)
    where_it_lies = ["--user", USER, "--in-place"]
    command = manage_command("import_music", str(music.resolve()), *where_it_lies)
    cost = cost_of(command, cwd=ROOT, environment=environment(folder))
    (folder / COMPLETE).touch()
    return cost


def _row(name: str, tracks: int, cost: Cost, beside: float) -> float:
    rate = tracks / cost.cpu_seconds
    ratio = f"{rate / beside:.2f}" if beside else ""
    memory = f"{cost.peak_bytes / 1e6:,.0f} MB"
    print(f"{name:16}{tracks:9,}{rate:16,.0f}{ratio:>13}{cost.wall_seconds:9,.0f}{memory:>14}", flush=True)
    return rate


def _count(folder: Path, table: str) -> int:
    """What has really arrived."""
    connection = sqlite3.connect(folder / "db.sqlite3")
    try:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    finally:
        connection.close()


if __name__ == "__main__":
    main()
