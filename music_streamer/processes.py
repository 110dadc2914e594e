"""The processes that make up the service, started and ended together."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable

from django.conf import settings

logger = logging.getLogger(__name__)

SERVER = ["music_streamer.web"]
WORKER = ["manage", "work"]
SHIPPER = ["manage", "ship_listens", "--watch"]

LOOK_SECONDS = 1
RESTART_SECONDS = 5
PATIENCE_SECONDS = 10


class Process:
    """A module of ours, run by the same Python; it ends when we do."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.start()

    def start(self) -> None:
        # Requests are received into the data disk: /tmp is often memory.
        environment = {**os.environ, "TMPDIR": str(settings.FILE_UPLOAD_TEMP_DIR)}
        self.started_at = time.monotonic()
        command = [sys.executable, "-m", "music_streamer.leash", *self.command]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdin=subprocess.PIPE)

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def start_again(self) -> None:
        """Not at once when it has just been started: what ends immediately would keep the machine busy."""
        if time.monotonic() - self.started_at > RESTART_SECONDS:
            logger.error("`%s` ended by itself and is started again.", " ".join(self.command))
            self.start()


def run_until_the_server_ends(helpers: Iterable[list[str]]) -> None:
    """Without the server nothing goes on, and whoever watches over us is to start all of it anew.

    A helper that ends is started again: the music plays meanwhile, and /healthz/ tells.
    """
    server = Process(SERVER)
    processes = [server, *map(Process, helpers)]
    try:
        while not server.has_ended():
            signal.sigtimedwait([signal.SIGCHLD], LOOK_SECONDS)
            for helper in processes[1:]:
                if helper.has_ended():
                    helper.start_again()
    finally:
        stop([process.process for process in processes])


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """A worker may finish its task first, but not for long: a second signal breaks it off."""
    for send in (subprocess.Popen.terminate, subprocess.Popen.terminate, subprocess.Popen.kill):
        for process in processes:
            send(process)
        if _have_ended(processes):
            return


def _have_ended(processes: list[subprocess.Popen[bytes]]) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    try:
        for process in processes:
            process.wait(max(0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True
