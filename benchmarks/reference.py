"""The reference: Supysonic, a Subsonic server in Python, in a virtualenv of its own, on SQLite as it comes."""

import argparse
import json
import shutil
import subprocess
from pathlib import Path

from benchmarks.cost import Cost, cost_of
from benchmarks.ground import ROOT, skip
from benchmarks.library import COMPLETE, library

PROGRAMS = ROOT / ".venv-supysonic" / "bin"
USER, PASSWORD = "alice", "gentle-rain-42"
CONFIG = """
[base]
database_uri = sqlite:///{folder}/db.sqlite3
[webapp]
cache_dir = {folder}/cache
[daemon]
socket = {folder}/no-daemon.sock
"""


def scanned(size: int, options: argparse.Namespace) -> Path:
    """Supysonic's folder with the library of this size in it, scanned now if it is not there."""
    folder: Path = options.scratch / f"supysonic-{size}"
    if not (folder / COMPLETE).exists():
        scan(size, options)
    return folder


def scan(size: int, options: argparse.Namespace) -> Cost:
    """What it costs Supysonic to take in the library of this size, from nothing."""
    if not PROGRAMS.exists():
        skip("Supysonic is not installed (make .venv-supysonic/.installed).")
    music, folder = library(size, options), options.scratch / f"supysonic-{size}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "supysonic.conf").write_text(CONFIG.format(folder=folder))
    _command_line(folder, "user", "add", USER, "--password", PASSWORD)
    _command_line(folder, "folder", "add", "library", str(music.resolve()))
    cost = _command_line(folder, "folder", "scan", "--foreground")
    (folder / COMPLETE).touch()
    return cost


def ask(folder: Path, calls: dict[str, str], runs: int) -> dict[str, float]:
    """CPU milliseconds, the median of so many runs, of each call: {"50 songs": "getRandomSongs?size=50"}."""
    program = [str(PROGRAMS / "python"), str(ROOT / "benchmarks" / "reference_calls.py")]
    questions = json.dumps({"calls": calls, "runs": runs, "user": USER, "password": PASSWORD})
    done = subprocess.run(program, cwd=folder, input=questions, stdout=subprocess.PIPE, text=True, check=True)
    answers: dict[str, float] = json.loads(done.stdout)
    return answers


def _command_line(folder: Path, *arguments: str) -> Cost:
    return cost_of([str(PROGRAMS / "supysonic-cli"), *arguments], cwd=folder, environment={"HOME": str(folder)})
