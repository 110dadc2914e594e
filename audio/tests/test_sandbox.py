import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from shutil import copyfile

import pytest
from mutagen.id3 import APIC, ID3
from PIL import Image

from audio import sandbox, sandbox_child
from audio.artwork import COVER_SIZES, render_cover
from audio.inspect import inspect
from audio.sandbox import AudioFacts, CannotInspect, Child, Refused, inspect_many, render_picture
from audio.tests.files import DEMO, demo_file, mp3, zlib_bomb

CPU_LOOP = "sum(iter(int, 1))"
CRASH = "os.kill(os.getpid(), 11)"


@pytest.fixture
def song(tmp_path: Path) -> tuple[Path, str]:
    return mp3(tmp_path / "song"), "song.mp3"


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    """Every child that a test starts."""
    started: list[Child] = []

    class Recorded(Child):
        def __init__(self, largest_file_bytes: int = 0) -> None:
            super().__init__(largest_file_bytes)
            started.append(self)

    monkeypatch.setattr(sandbox, "Child", Recorded)
    return started


def child_that(does: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the child does `does` when it is handed a file called bad.mp3."""
    code = (
        "import os, audio.sandbox_child as child\n"
        "child.CPU_SECONDS = 1; child.CLOCK_SECONDS = 3; inspect = child.inspect\n"
        "def tripped(path, name, **options):\n"
        f"    if name == 'bad.mp3': {does}\n"
        "    return inspect(path, name, **options)\n"
        "child.inspect = tripped\n"
        "child.main()\n"
    )
    monkeypatch.setattr(sandbox, "COMMAND", [sys.executable, "-c", code])


def is_gone(child: Child) -> bool:
    return child.process.returncode is not None and not Path(f"/proc/{child.process.pid}").exists()


def test_the_answers_are_those_of_inspect_in_order(tmp_path: Path) -> None:
    files = [(path, path.name) for path in sorted(DEMO.iterdir())]
    for (path, name), answer in zip(files, inspect_many(files), strict=True):
        if path.suffix == ".csv":
            assert isinstance(answer, Refused)
        else:
            facts = inspect(path, name)
            covers = render_cover(facts.cover) if facts.cover else {}
            assert answer == replace(facts, cover=None, covers=covers)


def test_in_bulk_the_facts_are_the_same_but_for_the_loudness() -> None:
    files = [(path, path.name) for path in sorted(DEMO.iterdir()) if path.suffix != ".csv"]
    for whole, bulk in zip(inspect_many(files), inspect_many(files, bulk=True), strict=True):
        assert isinstance(whole, AudioFacts)
        assert isinstance(bulk, AudioFacts)
        assert bulk.duration_ms == pytest.approx(whole.duration_ms, abs=60)
        assert (bulk.loudness_lufs, bulk.true_peak) == (None, None)
        measured = {"duration_ms", "bitrate_kbps", "loudness_lufs", "true_peak", "bars", "covers"}
        assert {**vars(whole), **dict.fromkeys(measured)} == {**vars(bulk), **dict.fromkeys(measured)}


def test_in_bulk_a_picture_is_sent_once_and_known_by_its_id_after_that(children: list[Child]) -> None:
    file = (demo_file("mp3"), "a.mp3")
    first, second = inspect_many([file, file], bulk=True)
    assert isinstance(first, AudioFacts)
    assert isinstance(second, AudioFacts)
    assert tuple(first.covers) == COVER_SIZES
    assert second.covers == {}
    assert first.cover_id == second.cover_id == sha256(inspect(*file).cover or b"").hexdigest()


def test_in_bulk_what_is_rotten_at_its_beginning_is_judged_whole(tmp_path: Path) -> None:
    good = demo_file("mp3").read_bytes()
    start = len(good) - len(good) // 2
    content = bytearray(good[start:])
    for position in range(0, 6_000, 7):
        content[position] ^= 0x5A
    (tmp_path / "a").write_bytes(content)
    whole, bulk = (next(inspect_many([(tmp_path / "a", "a.mp3")], bulk=bulk)) for bulk in (False, True))
    assert type(whole) is type(bulk)
    assert isinstance(whole, AudioFacts)


def test_a_fresh_child_sends_the_picture_again(song, monkeypatch: pytest.MonkeyPatch) -> None:
    child_that(CRASH, monkeypatch)
    covered = (demo_file("mp3"), "a.mp3")
    first, _bad, again = inspect_many([covered, (song[0], "bad.mp3"), covered], bulk=True)
    assert isinstance(first, AudioFacts)
    assert isinstance(again, AudioFacts)
    assert again.covers == first.covers != {}


def test_a_picture_file_becomes_covers(tmp_path: Path) -> None:
    Image.new("RGB", (800, 600), "red").save(tmp_path / "cover.png")
    assert render_picture(tmp_path / "cover.png") == render_cover((tmp_path / "cover.png").read_bytes())


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\xff\xd8\xff" + b"\0" * (17 << 20)])
def test_what_is_no_picture_is_refused_in_plain_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "cover.jpg").write_bytes(content)
    answer = render_picture(tmp_path / "cover.jpg")
    assert isinstance(answer, Refused)
    assert "picture" in str(answer)


def test_a_picture_that_is_gone_is_refused(tmp_path: Path) -> None:
    assert isinstance(render_picture(tmp_path / "gone.png"), Refused)


def test_nothing_is_started_for_nothing_and_one_child_serves_all(children: list[Child], song) -> None:
    assert list(inspect_many([])) == []
    assert children == []
    assert len(list(inspect_many([song] * 5))) == 5
    assert len(children) == 1
    assert is_gone(children[0])


def test_a_tag_bomb_is_refused_and_the_next_file_is_not(tmp_path: Path, song, children: list[Child]) -> None:
    bomb = tmp_path / "bomb"
    bomb.write_bytes(zlib_bomb(400 << 20) + song[0].read_bytes())
    assert bomb.stat().st_size < 500_000
    answers = []
    for answer in inspect_many([song, (bomb, "bomb.mp3"), song]):
        answers.append(type(answer))
        if children[-1].process.returncode is None:
            assert peak_mib(children[-1]) < 400
    assert answers == [AudioFacts, Refused, AudioFacts]


def peak_mib(child: Child) -> int:
    status = Path(f"/proc/{child.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


@pytest.mark.parametrize(
    "does", [CPU_LOOP, CRASH, "os._exit(0)", "bytearray(1 << 30)", "1 / 0", "import time; time.sleep(60)"]
)
def test_whatever_befalls_the_child_costs_one_file_only(
    does: str, song, monkeypatch: pytest.MonkeyPatch, children: list[Child]
) -> None:
    child_that(does, monkeypatch)
    before, bad, after = inspect_many([song, (song[0], "bad.mp3"), song])
    assert isinstance(before, AudioFacts)
    assert isinstance(bad, Refused)
    assert str(bad).endswith(("again.", "WAV."))
    assert after == before
    assert all(map(is_gone, children))


def test_a_child_that_never_starts_is_not_the_files_fault(monkeypatch: pytest.MonkeyPatch, song) -> None:
    monkeypatch.setattr(sandbox, "COMMAND", [sys.executable, "-c", "raise SystemExit(1)"])
    with pytest.raises(CannotInspect):
        list(inspect_many([song]))


def test_a_reader_who_walks_away_leaves_no_child(song, children: list[Child]) -> None:
    answers: Iterator[AudioFacts | Refused] = inspect_many([song, song])
    next(answers)
    answers.close()
    assert is_gone(children[0])


def test_it_works_from_any_folder_and_with_relative_paths(
    tmp_path: Path, song, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (answer,) = inspect_many([(Path("song"), "song.mp3")])
    assert isinstance(answer, AudioFacts)


def test_threads_do_not_meet(song) -> None:
    answers: dict[int, list[AudioFacts | Refused]] = {}

    def work(n: int) -> None:
        answers[n] = list(inspect_many([song, (demo_file("ogg"), f"{n}.mp3"), song]))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert [list(map(type, answers[n])) for n in range(4)] == [[AudioFacts, Refused, AudioFacts]] * 4


def test_a_missing_file_and_a_hostile_name_are_refused(tmp_path: Path, song) -> None:
    gone, odd = inspect_many([(tmp_path / "gone", "a.mp3"), (song[0], "\udcff\n\0{}[]\u202e")])
    assert isinstance(gone, Refused)
    assert isinstance(odd, Refused)
    assert str(tmp_path) not in str(gone)


def test_a_file_that_the_server_may_not_open_is_not_called_damaged(monkeypatch: pytest.MonkeyPatch, song) -> None:
    def forbidden(*_arguments: object, **_more: object) -> None:
        raise PermissionError

    monkeypatch.setattr(sandbox_child, "inspect", forbidden)
    assert "not allowed to read" in sandbox_child.answer("inspect", str(song[0]), "a.mp3", True)["refused"]


def test_the_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch, song, children: list[Child]) -> None:
    monkeypatch.setenv("SECRET_KEY", "hidden")
    answers = inspect_many([song, song])
    next(answers)
    assert b"hidden" not in Path(f"/proc/{children[0].process.pid}/environ").read_bytes()
    assert os.getsid(children[0].process.pid) == children[0].process.pid
    answers.close()


def test_the_parent_imports_no_decoder() -> None:
    import subprocess

    code = "import sys, audio.sandbox; raise SystemExit(bool({'av', 'mutagen', 'PIL'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=sandbox.ROOT, check=False).returncode == 0


def test_the_picture_comes_out_as_covers_in_our_sizes() -> None:
    [facts] = inspect_many([(demo_file("mp3"), "a.mp3")])
    assert isinstance(facts, AudioFacts)
    assert tuple(facts.covers) == COVER_SIZES
    assert all(cover[8:12] == b"WEBP" for cover in facts.covers.values())
    assert facts.cover is None


def test_a_picture_that_would_unpack_to_gigabytes_costs_the_cover_and_not_the_track(tmp_path: Path) -> None:
    path = tmp_path / "bomb.mp3"
    copyfile(demo_file("mp3"), path)
    picture = BytesIO()
    Image.new("RGBA", (6300, 6300)).save(picture, "PNG")
    tags = ID3(path)
    tags.setall("APIC", [APIC(encoding=3, mime="image/png", type=3, desc="", data=picture.getvalue())])
    tags.save(path)
    [facts] = inspect_many([(path, "bomb.mp3")])
    assert isinstance(facts, AudioFacts)
    assert facts.tags.title
