"""A MongoDB-wire server of our own, as a process that tests may freeze and kill."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

PROGRAM = Path(__file__).resolve().parent.parent / ".venv-mongo" / "bin" / "secantusd-py"
# With a folder of a million listens it takes its time; one that cannot start ends at once.
START_SECONDS = 300
STOP_SECONDS = 60


def program() -> str | None:
    """Where the server is, or None: it lives in a virtualenv of its own."""
    return str(PROGRAM) if PROGRAM.exists() else shutil.which("secantusd-py")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MongoServer:
    """Listens that must survive kill() need a storage folder; ":memory:" forgets."""

    def __init__(self, storage: str = ":memory:", port: int | None = None) -> None:
        self.storage = storage
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        return f"mongodb://127.0.0.1:{self.port}/music_streamer_test"

    def start(self) -> "MongoServer":
        found = program()
        if found is None:
            raise FileNotFoundError("secantusd-py is not installed: see requirements-mongo.txt")
        command = [found, "--host", "127.0.0.1", "--port", str(self.port), "--storage-path", self.storage]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen([*command, "--log-level", "ERROR"], stdout=quiet, stderr=quiet)
        self._wait_until_it_answers()
        return self

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut would."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """It keeps its connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def __enter__(self) -> "MongoServer":
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def _end(self, wanted: signal.Signals) -> None:
        if self._process is None:
            return
        self._signal(signal.SIGCONT)
        self._signal(wanted)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _signal(self, wanted: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, wanted)

    def _wait_until_it_answers(self) -> None:
        give_up_at = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up_at:
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError("The MongoDB-wire server ended at once.")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=0.2).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        self.kill()
        raise TimeoutError("The MongoDB-wire server did not start.")
