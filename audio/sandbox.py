import json
import os
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

from audio.facts import AudioFacts, Refused, Tags

COMMAND = [sys.executable, "-m", "audio.sandbox_child"]
ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT_KEPT = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT", "TMPDIR")  # no secrets for the child
MAX_ANSWER_BYTES = 32 << 20
UNREADABLE = "This file is damaged, or its tags are far too big to be read. Export it again as MP3, OGG or WAV."


class CannotInspect(RuntimeError):
    """The inspector itself does not start: no file's fault."""


def inspect_many(files: Iterable[tuple[Path, str]]) -> Iterator[AudioFacts | Refused]:
    """`audio.inspect.inspect` for strangers' files: one answer for each (path, file name), in order, as they come.

    The work is done in one child process that may add 256 MiB of memory and use 60 s of CPU (120 s by the clock)
    for a file. A file that breaks it is refused, and the next one meets a fresh child. A refusal is an answer here,
    not an exception; CannotInspect is raised where the child does not start at all.
    """
    child: Child | None = None
    try:
        for path, filename in files:
            child = child or Child()
            answer = child.ask(path, filename)
            if answer is None:
                child.close()
                child = None
            yield answer or Refused(UNREADABLE)
    finally:
        if child:
            child.close()


class Child:
    """One `python -m audio.sandbox_child`: a line of JSON in, a line of JSON out.

    JSON rather than pickle: a child that a hostile file has taken over must not be able to run code here.
    """

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            COMMAND,
            cwd=ROOT,
            env={name: os.environ[name] for name in ENVIRONMENT_KEPT if name in os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if not self._read_line():
            self.close()
            raise CannotInspect("python -m audio.sandbox_child ends before it is ready: run it to see why.")

    def ask(self, path: Path, filename: str) -> AudioFacts | Refused | None:
        """The answer, or None where there is none: the child is dead or talks nonsense."""
        try:
            self._write_line(json.dumps([str(Path(path).absolute()), filename]))
            return _answer(json.loads(self._read_line()))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def close(self) -> None:
        """End it and collect it: no zombie stays, whatever state it is in."""
        with suppress(BrokenPipeError), self.process:
            self.process.kill()

    def _write_line(self, line: str) -> None:
        pipe = cast(IO[bytes], self.process.stdin)
        pipe.write(line.encode() + b"\n")
        pipe.flush()

    def _read_line(self) -> bytes:
        return cast(IO[bytes], self.process.stdout).readline(MAX_ANSWER_BYTES)


def _answer(answer: dict[str, Any]) -> AudioFacts | Refused:
    if "refused" in answer:
        return Refused(str(answer["refused"]))
    covers = {int(size): b64decode(cover) for size, cover in answer["covers"].items()}
    return AudioFacts(**answer | {"tags": _tags(answer["tags"]), "covers": covers})


def _tags(answer: dict[str, Any]) -> Tags:
    """JSON knows no tuples."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in answer.items()
    }
    return Tags(**values)
