"""The far side of audio.sandbox: reads [path, file name] as lines of JSON, answers each with one line."""

import json
import os
import resource
import signal
import sys
from base64 import b64encode
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from audio.facts import Refused
from audio.inspect import inspect

EXTRA_MEMORY_BYTES = 256 << 20
CPU_SECONDS = 60
CLOCK_SECONDS = 120
TAGS_TOO_BIG = "The tags or the cover in this file are far too big to be read. Remove them and try again."
UNREADABLE = "This file cannot be read: it is damaged. Export it again as MP3, OGG or WAV."


def main() -> None:
    answers = _take_over_stdout()
    _limit_process()
    _send(answers, {"ready": True})
    for line in sys.stdin.buffer:
        path, filename = json.loads(line)
        _limit_file()
        _send(answers, answer(Path(path), filename))
        signal.alarm(0)


def answer(path: Path, filename: str) -> dict[str, Any]:
    try:
        facts = inspect(path, filename)
        return asdict(facts) | {"cover": None, "covers": _covers(facts.cover)}
    except Refused as refused:
        return {"refused": str(refused)}
    except MemoryError:
        return {"refused": TAGS_TOO_BIG}
    except Exception:  # whatever a library trips over, the file is at fault and the next one has its turn
        return {"refused": UNREADABLE}


def _covers(picture: bytes | None) -> dict[int, str]:
    """Pictures are as hostile as sound, so they are opened here too. A bad one is no reason to refuse the track."""
    if not picture:
        return {}
    from audio.artwork import BadCover, render_cover  # costs a third of the start-up, and most files have none

    try:
        return {size: b64encode(cover).decode() for size, cover in render_cover(picture).items()}
    except BadCover:
        return {}


def _take_over_stdout() -> BinaryIO:
    """Keep the pipe to the parent for answers: what a library prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return answers


def _limit_process() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":  # elsewhere the size of the address space says nothing
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit_bytes = pages * resource.getpagesize() + EXTRA_MEMORY_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))


def _limit_file() -> None:
    """Both limits end the process from outside Python, so a loop inside a C library is ended too."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + CPU_SECONDS, hard))
    signal.alarm(CLOCK_SECONDS)


def _send(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
