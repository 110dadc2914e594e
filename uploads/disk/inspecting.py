"""Several inspectors at once, each a child process with a thread here that feeds it."""

import queue
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from audio.facts import AudioFacts, Refused
from audio.sandbox import inspect_many
from uploads.disk.walk import Found

AHEAD = 32  # files under way per inspector: enough to keep it busy, little to hold
Verdict = tuple[Found, AudioFacts | Refused]


class Inspectors:
    """`jobs` child processes. The files are asked for, and the verdicts answered, in the caller's own thread."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self.todo: queue.SimpleQueue[Found | None] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[Verdict | Exception] = queue.SimpleQueue()
        for _ in range(jobs):
            threading.Thread(target=self._inspect, daemon=True).start()

    def verdicts(self, files: Iterable[Found]) -> Iterator[Verdict]:
        """What they say of each file, in the order in which they finish."""
        remaining, under_way = iter(files), 0
        try:
            while True:
                while under_way < AHEAD * self.jobs and (file := next(remaining, None)):
                    self.todo.put(file)
                    under_way += 1
                if not under_way:
                    return
                verdict = self.done.get()
                under_way -= 1
                if isinstance(verdict, Exception):
                    raise verdict
                yield verdict
        finally:
            self._stop()

    def _stop(self) -> None:
        while not self.todo.empty():
            self.todo.get()
        for _ in range(self.jobs):
            self.todo.put(None)

    def _inspect(self) -> None:
        sent: queue.SimpleQueue[Found] = queue.SimpleQueue()

        def files() -> Iterator[tuple[Path, str]]:
            while file := self.todo.get():
                sent.put(file)
                yield Path(file.path), file.filename

        try:
            for verdict in inspect_many(files(), bulk=True):
                self.done.put((sent.get(), verdict))
        except Exception as error:
            self.done.put(error)
