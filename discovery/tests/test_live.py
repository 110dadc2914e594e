"""Which model serves: a new one without a restart, never a torn one."""

import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from discovery.live import folder, live_model
from discovery.tests.town import tracks_of
from discovery.training import train_recommender
from recommendations import artefacts


@pytest.fixture
def first(alice: Any) -> str:
    tracks_of(alice, "Jazz", 4)
    return train_recommender().version


def test_without_a_training_there_is_none(db: None) -> None:
    assert live_model() is None


def test_a_new_one_serves_without_a_restart(first: str, alice: Any) -> None:
    assert live_model().version == first
    tracks_of(alice, "Metal", 4)
    second = train_recommender().version
    assert live_model().version == second
    assert len(live_model().model.item_ids) == 8


def test_nothing_is_read_again_while_the_pointer_stays(first: str, monkeypatch: pytest.MonkeyPatch) -> None:
    live = live_model()
    monkeypatch.setattr(artefacts, "load_live", None)
    assert live_model() is live


def test_a_torn_one_is_refused_and_what_served_goes_on(first: str, caplog: pytest.LogCaptureFixture) -> None:
    before = live_model()
    torn = train_recommender().version
    (folder() / torn / "item_ids.npy").write_bytes(b"torn")
    shutil.rmtree(folder() / first)
    assert live_model() is before
    assert live_model() is before
    assert caplog.text.count("cannot be read") == 1


def test_after_a_restart_the_one_before_the_torn_one_serves(first: str) -> None:
    torn = train_recommender().version
    (folder() / torn / "item_ids.npy").unlink()
    assert live_model().version == first


def test_one_whose_arrays_are_of_another_time_is_refused(first: str, caplog: pytest.LogCaptureFixture) -> None:
    arrays = artefacts.load_live(folder()).arrays
    manifest = artefacts.read_manifest(folder(), first)
    del arrays["listeners"]
    version = artefacts.save(folder(), arrays, manifest, timezone.now())
    artefacts.make_live(folder(), version)
    assert live_model().version == first
    assert f"Model {version} cannot serve" in caplog.text


def test_when_the_folder_goes_the_genre_rule_serves(first: str) -> None:
    assert live_model()
    shutil.rmtree(folder())
    assert live_model() is None


def test_many_threads_have_one_model_or_another_while_it_changes(first: str, alice: Any) -> None:
    seen: list[Any] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            live = live_model()
            seen.append(live and live.version)

    live_model()
    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    second = train_recommender().version
    while live_model().version != second:
        pass
    stop.set()
    for reader in readers:
        reader.join()
    assert set(seen) <= {first, second}


def test_commands_that_need_no_model_do_not_load_numpy() -> None:
    program = (
        "import os, sys, django\n"
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'music_streamer.settings')\n"
        "django.setup()\n"
        "import music_streamer.urls, music_streamer.worker\n"
        "print([name for name in ('numpy', 'scipy', 'implicit') if name in sys.modules])"
    )
    root = Path(__file__).parents[2]
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=True).stdout
        == "[]\n"
    )
