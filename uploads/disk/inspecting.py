"""Several inspectors at once, each a child process with a thread here that feeds it."""

import os
import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from audio.facts import AudioFacts, Refused
from audio.sandbox import BulkInspector
from uploads.disk.walk import Found

AT_ONCE = 16  # files per question: waking each other for every file costs both sides a third of their time
AHEAD = 4  # questions under way per inspector: enough to keep it busy, little to hold
Verdict = tuple[Found, AudioFacts | Refused]


def inspectors() -> int:
    """As many as there are cores beside the one that writes what they find."""
    return max(1, (os.cpu_count() or 1) - 1)


class Inspectors:
    """`jobs` child processes. The files are asked for, and the verdicts answered, in the caller's own thread."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self.todo: queue.SimpleQueue[list[Found]] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[list[Verdict] | Exception] = queue.SimpleQueue()
        for _ in range(jobs):
            threading.Thread(target=self._inspect, daemon=True).start()

    def verdicts(self, files: Iterable[Found]) -> Iterator[Verdict]:
        """What they say of each file, in the order in which they finish."""
        remaining, under_way = iter(files), 0
        try:
            while True:
                while under_way < AHEAD * self.jobs and (batch := list(islice(remaining, AT_ONCE))):
                    self.todo.put(batch)
                    under_way += 1
                if not under_way:
                    return
                verdicts = self.done.get()
                under_way -= 1
                if isinstance(verdicts, Exception):
                    raise verdicts
                yield from verdicts
        finally:
            self._stop()

    def _stop(self) -> None:
        while not self.todo.empty():
            self.todo.get()
        for _ in range(self.jobs):
            self.todo.put([])

    def _inspect(self) -> None:
        with closing(BulkInspector()) as inspector:
            while batch := self.todo.get():
                try:
                    verdicts = inspector.inspect([(Path(file.path), file.filename) for file in batch])
                    self.done.put(list(zip(batch, verdicts, strict=True)))
                except Exception as error:
                    self.done.put(error)
