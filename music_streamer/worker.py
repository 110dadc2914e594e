"""The process that does what pages ask for and do not wait for. Any number may share the work, on any machine."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType

from django.db import connection
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from discovery.mondays import make_weeks_due
from discovery.nightly import train_when_due
from history.exports.keeping import tidy_exports
from history.imports.keeping import tidy as tidy_imports
from listening import heartbeat
from listening.deleting import erase_due
from listening.rollups import refresh_some
from music.measuring import describe_due, measure_due
from playlists.keeping import purge as purge_playlists
from scrobbling.sending import prune as prune_scrobbles
from scrobbling.sending import send_due
from social.digests import send_digests_due
from social.new_albums import tell_of_new_albums
from uploads import queue
from uploads.rescue import rescue_unchecked
from uploads.sweep import sweep

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
BEAT_SECONDS = 10
RESCUE_SECONDS = 15
SWEEP_SECONDS = 3600
ERASE_SECONDS = 10
REFRESH_SECONDS = 5
SCROBBLE_SECONDS = 2
TRAIN_SECONDS = 600
WEEKS_SECONDS = 300
NEWS_SECONDS = 60
DIGEST_SECONDS = 3600
LOOK_FOR_SOUND_SECONDS = 30
SAME_STOP_SECONDS = 2
BROKEN_OFF = "builtins.SystemExit"


class TaskWorker(Worker):
    """A worker whose death is noticed: while it runs a task, the row's `started_at` is never older than ten seconds.

    The first signal lets it finish its task, a second one breaks the task off, for another worker to take up.
    """

    def __init__(self) -> None:
        super().__init__(
            queue_names=["*"],
            interval=POLL_SECONDS,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{socket.gethostname()[:24]}-{os.getpid()}-{get_random_string(12)}",
            excluded_queue_names=[],
        )
        self.current: DBTaskResult | None = None
        self.asked_to_stop_at = 0.0

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """Ctrl+C comes twice: from the terminal and from `serve`, which it stops as well."""
        if self.running:
            self.asked_to_stop_at = time.monotonic()
        elif time.monotonic() - self.asked_to_stop_at < SAME_STOP_SECONDS:
            return
        super().shutdown(signum, frame)

    def run(self) -> None:
        self.beat()
        rescue()
        for seconds, duty in ((BEAT_SECONDS, self.beat), *DUTIES):
            threading.Thread(target=_repeat, args=(seconds, duty), daemon=True).start()
        super().run()

    def beat(self) -> None:
        heartbeat.beat(queue.WORKER)
        if task := self.current:
            queue.heard_of(task)

    def run_task(self, db_task_result: DBTaskResult) -> None:
        self.current = db_task_result
        queue.heard_of(db_task_result)
        try:
            super().run_task(db_task_result)
        finally:
            self.current = None
        if db_task_result.exception_class_path == BROKEN_OFF:
            queue.put_back(db_task_result)


def rescue() -> None:
    """What waits for somebody who is dead."""
    queue.retake_from_the_dead()
    rescue_unchecked()


def tidy() -> None:
    tidy_exports()
    sweep()
    tidy_imports()
    queue.prune()
    prune_scrobbles()
    purge_playlists()


# Every so many seconds, in every worker: what only one may do at a time takes a lease.
DUTIES: tuple[tuple[float, Callable[[], object]], ...] = (
    (RESCUE_SECONDS, rescue),
    (SWEEP_SECONDS, tidy),
    (ERASE_SECONDS, erase_due),
    (REFRESH_SECONDS, refresh_some),
    (SCROBBLE_SECONDS, send_due),
    (TRAIN_SECONDS, train_when_due),
    (WEEKS_SECONDS, make_weeks_due),
    (NEWS_SECONDS, tell_of_new_albums),
    (DIGEST_SECONDS, send_digests_due),
    (LOOK_FOR_SOUND_SECONDS, measure_due),
    (LOOK_FOR_SOUND_SECONDS, describe_due),
)


def _repeat(seconds: float, duty: Callable[[], object]) -> None:
    """For ever, in a thread of its own. A duty that fails is due again next time."""
    pause = threading.Event()
    while not pause.wait(seconds):
        try:
            duty()
        except Exception:
            logger.exception("A worker's duty failed")
        finally:
            connection.close()
