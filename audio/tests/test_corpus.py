"""Files gathered from other players' test suites and crafted by hand, with the verdict each deserves."""

import csv
import json
import math
from pathlib import Path

import pytest

from audio import sandbox
from audio.sandbox import AudioFacts, Child, Refused, describe_many, inspect_many
from audio.tests.files import ROOT, mp3
from audio.text import clean_text

CORPUS = ROOT.parent / "shared" / "audio"
LONGEST_QUOTE = 80  # the manifest quotes no more of a text than this
PEAK_MIB = 160

if not CORPUS.is_dir():
    pytest.skip(f"no corpus at {CORPUS}", allow_module_level=True)

ROWS = list(csv.DictReader((CORPUS / "manifest.csv").open(encoding="utf-8")))
Answers = dict[str, AudioFacts | Refused]
peaks_mib: list[int] = []


class Measured(Child):
    def close(self) -> None:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        peaks_mib.append(int(status.split("VmHWM:")[1].split()[0]) // 1024)
        super().close()


@pytest.fixture(scope="module", params=[False, True], ids=["whole", "bulk"])
def answers(request: pytest.FixtureRequest) -> Answers:
    peaks_mib.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "Child", Measured)
        files = [(CORPUS / row["file"], Path(row["file"]).name) for row in ROWS]
        answers = inspect_many(files, bulk=request.param)
        return {row["file"]: answer for row, answer in zip(ROWS, answers, strict=True)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_the_verdict_is_the_manifests(row: dict[str, str], answers: Answers) -> None:
    answer = answers[row["file"]]
    if row["verdict"] != "either":
        assert isinstance(answer, AudioFacts if row["verdict"] == "accept" else Refused), answer
    if isinstance(answer, AudioFacts):
        assert_duration(row, answer)
        assert_tags(row, answer)
    else:
        assert_is_plain(str(answer), row["file"])


def assert_duration(row: dict[str, str], facts: AudioFacts) -> None:
    stated = [float(row[column]) for column in ("duration_s", "duration_alt") if row[column]]
    nearest = min((abs(facts.duration_ms / 1000 - seconds) for seconds in stated), default=0.0)
    assert nearest <= float(row["duration_tol"] or 0) + 0.001


def assert_tags(row: dict[str, str], facts: AudioFacts) -> None:
    titles, artists = row["title"].split("|"), row["artist"].split("|")
    assert titles == [""] or any(fits(facts.tags.title, title or Path(row["file"]).stem) for title in titles)
    assert artists == [""] or any(fits(facts.tags.artist, artist) for artist in artists)
    assert genre_fits(row["genre"], facts.tags.genres)


def genre_fits(stated: str, genres: tuple[str, ...]) -> bool:
    """One of the stated genres is there, "J-Pop" for "JPop". "Unknown" is told as no genre at all."""
    options = {one.casefold() for one in stated.split("|")} - {"any-of"}
    found = {spelling for genre in genres for spelling in (genre.casefold(), genre.casefold().replace("-", ""))}
    return options == {""} or bool(options & found) or (not genres and bool(options & {"", "unknown"}))


def fits(found: str, stated: str) -> bool:
    """A star stands for any ending. Hidden and bidirectional characters are stripped here, and kept there."""
    if stated.endswith("*") or len(stated) == LONGEST_QUOTE:
        return found.startswith(clean_text(stated.removesuffix("*")))
    return found == clean_text(stated)


def assert_is_plain(message: str, file: str) -> None:
    assert message.endswith(".")
    assert len(message) < 200
    assert Path(file).name not in message
    assert not any(word in message for word in ("Error", "errno", "mutagen", "av.", "Invalid", "/"))


def test_memory_stays_small(answers: Answers) -> None:
    assert peaks_mib
    assert max(peaks_mib) < PEAK_MIB


def test_one_child_was_enough(answers: Answers) -> None:
    assert len(peaks_mib) == 1


def test_no_hostile_name_breaks_anything(tmp_path: Path) -> None:
    names = json.loads((CORPUS / "filenames.json").read_text(encoding="utf-8"))
    song = mp3(tmp_path / "song")
    for name, answer in zip(names, inspect_many((song, name) for name in names), strict=True):
        if isinstance(answer, AudioFacts):
            assert 0 < len(answer.tags.title) <= 255
            assert answer.tags.title == clean_text(answer.tags.title)
            assert not set(answer.tags.title) & set("/\\\n\0\u202e")
        else:
            assert_is_plain(str(answer), name or "-")


def test_every_odd_file_is_described_in_finite_numbers_or_not_at_all_by_one_child(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    peaks_mib.clear()
    monkeypatch.setattr(sandbox, "Child", Measured)

    described = list(describe_many(CORPUS / row["file"] for row in ROWS))

    told = [each for each in described if each]
    assert len(told) > 100
    assert all(math.isfinite(value) for each in told for value in each.values)
    assert len(peaks_mib) == 1 and peaks_mib[0] <= PEAK_MIB
