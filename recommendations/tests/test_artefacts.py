import json
import os
import threading
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from recommendations import artefacts
from recommendations.artefacts import BadArtefact, live_stamp, load, load_live, make_live, save, versions

NOW = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)


def arrays(value=1.0):
    return {
        "factors": np.full((5, 3), value, np.float32),
        "keys": np.array(["genre:1", "decade:1990"]),
        "none": np.zeros((0, 3), np.float32),
    }


def saved(folder, value=1.0, hours=0):
    version = save(folder, arrays(value), {"data_cut": "2026-05-04"}, NOW + timedelta(hours=hours))
    make_live(folder, version)
    return version


def test_what_is_saved_comes_back_mapped_and_read_only(tmp_path):
    version = saved(tmp_path)
    found = load_live(tmp_path)
    assert (found.version, found.manifest["data_cut"]) == (version, "2026-05-04")
    assert {name: array.tolist() for name, array in found.arrays.items()} == {
        name: array.tolist() for name, array in arrays().items()
    }
    assert isinstance(found.arrays["factors"], np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        found.arrays["factors"][0, 0] = 2


def test_a_saved_version_serves_only_when_it_is_made_live(tmp_path):
    first = saved(tmp_path)
    save(tmp_path, arrays(2), {}, NOW + timedelta(hours=1))
    assert load_live(tmp_path).version == first


def test_a_new_live_version_is_noticed_by_the_pointer_alone(tmp_path):
    assert live_stamp(tmp_path) is None
    saved(tmp_path)
    before = live_stamp(tmp_path)
    assert live_stamp(tmp_path) == before
    saved(tmp_path, hours=1)
    assert live_stamp(tmp_path) != before


@pytest.mark.parametrize("tear", ["cut", "changed", "gone", "manifest", "no folder"])
def test_of_a_torn_one_the_version_before_it_serves(tmp_path, tear):
    before, torn = saved(tmp_path), saved(tmp_path, 2, hours=1)
    file = tmp_path / torn / "factors.npy"
    if tear == "cut":
        file.write_bytes(file.read_bytes()[:-8])
    elif tear == "changed":
        file.write_bytes(file.read_bytes()[:-4] + b"\0\0\0\1")
    elif tear == "gone":
        file.unlink()
    elif tear == "manifest":
        (tmp_path / torn / "manifest.json").write_text('{"format": 1, "vers')
    else:
        (tmp_path / torn).rename(tmp_path / "elsewhere")
    assert load_live(tmp_path).version == before


@pytest.mark.parametrize(
    "said", [{"format": 99}, {"files": {}}, {"files": {"../../secret_key": "0"}}, {"version": "x"}]
)
def test_a_foreign_manifest_is_refused(tmp_path, said):
    version = saved(tmp_path)
    manifest = tmp_path / version / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **said}))
    with pytest.raises(BadArtefact):
        load(tmp_path, version)


@pytest.mark.parametrize("pointer", ["", "../elsewhere", "20260504T030000-zzzzzz", "\0", "x" * 10_000])
def test_a_pointer_that_points_nowhere_is_refused(tmp_path, pointer):
    (tmp_path / "live").write_text(pointer)
    with pytest.raises(BadArtefact):
        load_live(tmp_path)


def test_nothing_is_ever_unpickled(tmp_path):
    with pytest.raises(ValueError, match="cannot be kept"):
        save(tmp_path, {"evil": np.array([object()])}, {}, NOW)
    assert list(tmp_path.iterdir()) == []
    version = saved(tmp_path)
    file = tmp_path / version / "factors.npy"
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    manifest = tmp_path / version / "manifest.json"
    said = json.loads(manifest.read_text())
    said["files"]["factors.npy"] = artefacts._sha256(file)
    manifest.write_text(json.dumps(said))
    with pytest.raises(BadArtefact):
        load(tmp_path, version)


def test_three_versions_are_kept_the_live_one_among_them(tmp_path):
    made = [saved(tmp_path, hours=hours) for hours in range(5)]
    assert versions(tmp_path) == made[:1:-1]
    make_live(tmp_path, made[2])
    assert made[2] in versions(tmp_path)


def test_what_a_killed_training_left_goes_after_a_day(tmp_path):
    for name, age in ((".20260501T030000-000000.part", 2 * 86_400), (".20260504T030000-000000.part", 60)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    saved(tmp_path)
    assert [path.name for path in tmp_path.glob("*.part")] == [".20260504T030000-000000.part"]


def test_a_full_disk_leaves_nothing_half(tmp_path, monkeypatch):
    before = saved(tmp_path)

    def full(*args, **kwargs):
        raise OSError("No space left on device")

    monkeypatch.setattr(artefacts.np, "save", full)
    with pytest.raises(OSError, match="No space"):
        saved(tmp_path, hours=1)
    assert versions(tmp_path) == [before]
    assert load_live(tmp_path).version == before
    assert not list(tmp_path.glob(".*"))


def test_readers_see_one_whole_version_or_another_while_it_changes(tmp_path):
    saved(tmp_path)
    stop, flaws = threading.Event(), []

    def read():
        while not stop.is_set():
            try:
                values = np.unique(load_live(tmp_path).arrays["factors"])
                flaws.extend([] if len(values) == 1 else [values])
            except BadArtefact as flaw:
                flaws.append(flaw)

    reader = threading.Thread(target=read)
    reader.start()
    for hours in range(1, 30):
        saved(tmp_path, hours, hours)
    stop.set()
    reader.join()
    assert flaws == []
