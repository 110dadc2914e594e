"""Libraries of small tagged audio files, the same every time, kept between runs.

    .venv/bin/python -m benchmarks.library --tool make_library.py [--sizes 2000 20000 100000] [--scratch FOLDER]

The generator is a script of its own, `make_library.py FOLDER COUNT`; $LIBRARY_TOOL names it too. It needs ffmpeg.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.ground import SCRATCH, skip

SIZES = (2_000, 20_000, 100_000)
COMPLETE = "complete"  # a file by this name: what was begun in a folder was also finished


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    options = parser.parse_args()
    for size in options.sizes:
        print(library(size, options))


def add_options(parser: argparse.ArgumentParser) -> None:
    """What every benchmark asks that needs a library."""
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="files in each library")
    parser.add_argument("--tool", type=Path, default=os.environ.get("LIBRARY_TOOL"), help="path of make_library.py")
    parser.add_argument("--scratch", type=Path, default=SCRATCH, help="where libraries and databases are kept")


def library(size: int, options: argparse.Namespace) -> Path:
    """The folder with this many files, made now if it is not there; ends the program where it cannot be made."""
    folder: Path = options.scratch / f"library-{size}"
    if not folder.exists():
        _make(folder, size, options.tool)
    return folder


def _make(folder: Path, size: int, tool: Path | None) -> None:
    if tool is None or not Path(tool).exists():
        skip(f"there is no library of {size:,} files in {folder}, and no make_library.py (see --tool).")
    if not shutil.which("ffmpeg"):
        skip("make_library.py needs ffmpeg.")
    unfinished = folder.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    subprocess.run([sys.executable, str(tool), str(unfinished), str(size)], check=True)
    unfinished.rename(folder)


if __name__ == "__main__":
    main()
