"""What a page costs the processor as the library grows, beside Supysonic's list of 50 songs and its search.

    .venv/bin/python -m benchmarks.browsing --tool make_library.py [--sizes 2000 20000 100000] [--runs 21]

Both applications are called in a process of their own, signed in, on SQLite, without a server around them. A library
that benchmarks.importing has not left behind is taken in first.
"""

import argparse
import json
import os
import subprocess
import sys
from typing import Any

from benchmarks import reference
from benchmarks.ground import ROOT, environment, manage
from benchmarks.importing import imported
from benchmarks.library import add_options
from benchmarks.pages import WORD

SONGS, SEARCH = "Supysonic, 50 songs", "Supysonic, search3"
CALLS = {SONGS: "getSongsByGenre?genre=Pop&count=50", SEARCH: f"search3?query={WORD}"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--runs", type=int, default=21)
    options = parser.parse_args()
    theirs = [reference.ask(reference.scanned(size, options), CALLS, options.runs) for size in options.sizes]
    ours = [_ours(size, options) for size in options.sizes]
    print(f"{'CPU ms':24}" + "".join(f"{size:>10,}" for size in options.sizes) + f"{'growth':>9}{'x Supysonic':>13}")
    for kind, peer in (("pages", SONGS), ("searches", SEARCH)):
        for name in ours[0][kind]:
            _row(name, [one[kind][name] for one in ours], theirs[-1][peer])
        _row(peer, [one[peer] for one in theirs], theirs[-1][peer])
    firsts = "".join(f"{one['first_suggestion_ms']:10.1f}" for one in ours)
    print(f"{'first suggestion, clock':24}{firsts}")


def _ours(size: int, options: argparse.Namespace) -> dict[str, Any]:
    """A process for each library: nothing remembered of one helps with another."""
    folder = imported(size, options)
    manage(folder, "migrate", "--verbosity", "0")
    command = [sys.executable, "-m", "benchmarks.pages", str(folder), str(options.runs)]
    own = os.environ | environment(folder)
    answers: dict[str, Any] = json.loads(
        subprocess.run(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, check=True).stdout
    )
    return answers


def _row(name: str, cpu_ms: list[float], beside: float) -> None:
    """Growth from the smallest to the largest library; the largest beside the reference at the same size."""
    sizes = "".join(f"{ms:10.1f}" for ms in cpu_ms)
    print(f"{name:24}{sizes}{cpu_ms[-1] / cpu_ms[0]:9.2f}{cpu_ms[-1] / beside:13.3f}")


if __name__ == "__main__":
    main()
