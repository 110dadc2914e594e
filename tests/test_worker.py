"""Workers that die, are stopped or share the work, as processes of their own on a database of their own."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from music.tests.catalogue import add_track
from music_streamer.worker import TaskWorker, tidy
from playlists.editing import add_tracks
from playlists.models import Playlist, PlaylistItem
from tests.e2e.conftest import ROOT, Server
from tests.own_database import own_database
from uploads import queue
from uploads.tests.real_server import asked, told, wait_for

TASKS = DBTaskResult._meta.db_table
STATE = f"SELECT status FROM {TASKS}"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Server]:
    """A migrated database, with nobody at work."""
    with own_database(tmp_path, has_tables=True) as database_url:
        secret = "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz"
        server = Server(tmp_path, database_url, SECRET_KEY=secret)
        yield server


@pytest.fixture
def work(place: Server) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a worker; whoever is left at the end is killed."""
    workers: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        workers.append(subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT, env=place.environment))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()
        worker.wait()


def enqueue(place: Server, statements: str) -> None:
    place.manage("shell", "--verbosity", "0", "-c", f"from uploads.tests.slow_tasks import *\n{statements}")


def held_by(folder: Path) -> set[int]:
    return {int(path.name) for path in folder.iterdir() if path.name.isdigit()}


def test_a_task_whose_worker_was_killed_is_taken_up_by_another(place: Server, work: Any, tmp_path: Path) -> None:
    enqueue(place, f"hold.enqueue({str(tmp_path)!r})")
    first = work()
    wait_for(lambda: first.pid in held_by(tmp_path))
    first.kill()
    first.wait()
    assert asked(place, STATE) == [("RUNNING",)]
    told(place, f"UPDATE {TASKS} SET started_at = '2026-01-01 00:00:00'")
    second = work()
    wait_for(lambda: second.pid in held_by(tmp_path))
    (tmp_path / "go").touch()
    wait_for(lambda: asked(place, STATE) == [("SUCCESSFUL",)])


def test_a_first_signal_lets_the_task_end(place: Server, work: Any, tmp_path: Path) -> None:
    enqueue(place, f"hold.enqueue({str(tmp_path)!r})")
    worker = work()
    wait_for(lambda: held_by(tmp_path))
    worker.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(1)
    (tmp_path / "go").touch()
    assert worker.wait(10) == 0
    assert asked(place, STATE) == [("SUCCESSFUL",)]


def test_a_second_signal_leaves_the_task_to_another_worker(place: Server, work: Any, tmp_path: Path) -> None:
    enqueue(place, f"hold.enqueue({str(tmp_path)!r})")
    worker = work()
    wait_for(lambda: held_by(tmp_path))
    worker.send_signal(signal.SIGINT)
    worker.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(2.5)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    question = f"SELECT status, exception_class_path, traceback FROM {TASKS}"
    assert asked(place, question) == [("READY", "", "")]


def test_an_idle_worker_ends_at_once(place: Server, work: Any) -> None:
    worker = work()
    wait_for(lambda: asked(place, "SELECT name FROM listening_heartbeat") == [("work",)])
    worker.send_signal(signal.SIGINT)
    assert worker.wait(10) == 0


def test_two_workers_run_each_task_once(place: Server, work: Any, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    enqueue(place, f"[note.enqueue({str(notes)!r}, str(number)) for number in range(40)]")
    work()
    work()
    wait_for(lambda: asked(place, f"{STATE} WHERE status <> 'SUCCESSFUL'") == [])
    assert [path.read_text() for path in notes.iterdir()] == ["once "] * 40


def running(workers: int, silent_for: timedelta) -> DBTaskResult:
    return DBTaskResult.objects.create(
        args_kwargs={"args": ["/"], "kwargs": {}},
        task_path="uploads.tests.slow_tasks.hold",
        backend_name="default",
        run_after=None,
        status="RUNNING",
        started_at=timezone.now() - silent_for,
        worker_ids=[str(number) for number in range(workers)],
    )


def test_a_task_that_three_workers_died_of_is_given_up(db: None) -> None:
    taken_up, given_up = running(2, timedelta(seconds=70)), running(3, timedelta(seconds=70))
    alive = running(3, timedelta(seconds=50))
    queue.retake_from_the_dead()
    for task, status in ((taken_up, "READY"), (given_up, "FAILED"), (alive, "RUNNING")):
        task.refresh_from_db()
        assert task.status == status
    assert given_up.exception_class_path == queue.WORKER_DIED and given_up.finished_at is not None


def test_a_task_begun_by_a_clock_that_was_set_back_since_is_taken_up(db: None) -> None:
    task = running(1, timedelta(hours=-5))
    queue.retake_from_the_dead()
    task.refresh_from_db()
    assert task.status == "READY"


def test_a_worker_in_a_long_task_says_that_it_is_alive(db: None) -> None:
    task, others = running(1, timedelta(seconds=50)), running(1, timedelta(seconds=50))
    worker = TaskWorker()
    worker.current = task
    worker.beat()
    queue_after = {row.pk: timezone.now() - row.started_at for row in DBTaskResult.objects.all()}
    assert queue_after[task.pk] < timedelta(seconds=10) < queue_after[others.pk]


def test_what_ended_a_week_ago_is_forgotten(db: None) -> None:
    old, young, waiting = (running(1, timedelta()) for _ in range(3))
    for task, age in ((old, 8), (young, 6)):
        ended = {"status": "SUCCESSFUL", "finished_at": timezone.now() - timedelta(days=age)}
        DBTaskResult.objects.filter(pk=task.pk).update(**ended)
    queue.prune()
    assert set(DBTaskResult.objects.all()) == {young, waiting}


def test_playlists_and_items_that_are_gone_for_a_day_go_for_good(alice: Any) -> None:
    old, young, kept = (Playlist.objects.create(owner=alice, name=name) for name in ("Old", "Young", "Kept"))
    items = add_tracks(kept, [add_track(alice, title).pk for title in ("One", "Two", "Three")], alice)
    for days, playlist, item in ((2, old, items[0]), (0.5, young, items[1])):
        then = timezone.now() - timedelta(days=days)
        Playlist.objects.filter(pk=playlist.pk).update(deleted_at=then)
        PlaylistItem.objects.filter(pk=item).update(removed_at=then)
    tidy()
    assert set(Playlist.with_deleted.all()) == {young, kept}
    assert set(PlaylistItem.with_removed.values_list("pk", flat=True)) == set(items[1:])


def test_healthz_tells_whether_somebody_works_and_how_many_tasks_wait(client: Client, db: None) -> None:
    DBTaskResult.objects.filter(pk=running(0, timedelta()).pk).update(status="READY")
    assert client.get("/healthz/").json()["tasks"] == {
        "state": "away",
        "seconds_since_heartbeat": None,
        "waiting": 1,
    }
    TaskWorker().beat()
    assert client.get("/healthz/").json()["tasks"]["state"] == "ok"
