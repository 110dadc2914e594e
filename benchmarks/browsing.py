"""What a page costs the processor as the library grows, beside Supysonic's list of 50 songs and its search.

    .venv/bin/python -m benchmarks.browsing --tool make_library.py [--sizes 2000 20000 100000] [--rounds 5] [--runs 9]

Both applications are called in a process of their own, signed in, on SQLite, without a server around them; in turns,
as a machine is not equally fast from one minute to the next. A library that benchmarks.importing has not left behind
is taken in first.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks import reference
from benchmarks.ground import ROOT, environment, manage
from benchmarks.importing import imported
from benchmarks.library import add_options
from benchmarks.pages import WORD

SONGS, SEARCH = "Supysonic, 50 songs", "Supysonic, 50 found"
Answers = dict[str, dict[str, float]]  # {"pages": {"newest": milliseconds}}
CALLS = {SONGS: "getSongsByGenre?genre=Pop&count=50", SEARCH: f"search3?query={WORD}&songCount=50"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=9, help="times that each page is asked for in a round")
    options = parser.parse_args()
    folders = [(reference.scanned(size, options), _migrated(size, options)) for size in options.sizes]
    rounds = [[_round(theirs, ours, options.runs) for theirs, ours in folders] for _ in range(options.rounds)]
    sizes = [_medians(answers) for answers in zip(*rounds, strict=True)]
    print(f"{'CPU ms':24}" + "".join(f"{size:>10,}" for size in options.sizes) + f"{'growth':>9}{'x Supysonic':>13}")
    for kind, peer in (("pages", SONGS), ("searches", SEARCH)):
        for name in sizes[0][kind]:
            _row(name, [one[kind][name] for one in sizes], sizes[-1][kind][peer])
    for name in sizes[0]["clock"]:
        print(f"{name:24}" + "".join(f"{one['clock'][name]:10.1f}" for one in sizes))


def _migrated(size: int, options: argparse.Namespace) -> Path:
    folder = imported(size, options)
    manage(folder, "migrate", "--verbosity", "0")
    return folder


def _round(theirs: Path, ours: Path, runs: int) -> Answers:
    """A process for each library: nothing remembered of one helps with another."""
    peer = reference.ask(theirs, CALLS, runs)
    command = [sys.executable, "-m", "benchmarks.pages", str(ours), str(runs)]
    own = os.environ | environment(ours)
    answers: Answers = json.loads(subprocess.run(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, check=True).stdout)
    answers["pages"][SONGS], answers["searches"][SEARCH] = peer[SONGS], peer[SEARCH]
    return answers


def _medians(rounds: Sequence[Answers]) -> Answers:
    return {
        kind: {name: median(answers[kind][name] for answers in rounds) for name in named}
        for kind, named in rounds[0].items()
    }


def _row(name: str, cpu_ms: list[float], beside: float) -> None:
    """Growth from the smallest to the largest library; the largest beside the reference at the same size."""
    sizes = "".join(f"{ms:10.1f}" for ms in cpu_ms)
    print(f"{name:24}{sizes}{cpu_ms[-1] / cpu_ms[0]:9.2f}{cpu_ms[-1] / beside:13.3f}")


if __name__ == "__main__":
    main()
