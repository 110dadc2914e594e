import json
import os
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from shutil import copyfile
from typing import IO, Any, TypeVar, cast

from audio.facts import AudioFacts, Loudness, Refused, Tags, Timbre, tags_from_json
from audio.words import gettext_noop

COMMAND = [sys.executable, "-m", "audio.sandbox_child"]
ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT_KEPT = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT", "TMPDIR")  # no secrets for the child
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}  # each more takes 32 MiB of the memory the child may have
MAX_ANSWER_BYTES = 32 << 20
SPARE_BYTES = 32 << 20  # so much longer than the source a copy with other tags may be
UNREADABLE = gettext_noop(
    "This file is damaged, or its tags are far too big to be read. Export it again as MP3, OGG or WAV."
)
NO_PICTURE = gettext_noop("This picture cannot be read. Save it again as JPEG or PNG.")
NOT_WRITTEN = "New tags cannot be written into this file without changing its sound."
T = TypeVar("T")


class CannotInspect(RuntimeError):
    """The inspector itself does not start: no file's fault."""


def inspect_many(files: Iterable[tuple[Path, str]], *, bulk: bool = False) -> Iterator[AudioFacts | Refused]:
    """`audio.inspect.inspect` for strangers' files: one answer for each (path, file name), in order, as they come.

    The work is done in one child process that may add 256 MiB of memory and use 60 s of CPU (120 s by the clock)
    for a file. A file that breaks it is refused, and the next one meets a fresh child. A refusal is an answer here,
    not an exception; CannotInspect is raised where the child does not start at all.

    `bulk` is for thousands at once: most of the sound is counted and not decoded, its loudness not measured, and a
    picture that came before in the same call has its `cover_id` only.
    """
    questions = (["inspect", _absolute(path), filename, bulk] for path, filename in files)
    with closing(_ask_each(questions, _facts)) as answers:
        for answer in answers:
            yield answer or Refused(UNREADABLE)


class BulkInspector:
    """`inspect_many` in bulk for whole batches at a time: a question for each file would cost as much as many files.

    One child for as long as it lives; close it.
    """

    def __init__(self) -> None:
        self.child: Child | None = None

    def inspect(self, files: Sequence[tuple[Path, str]]) -> list[AudioFacts | Refused]:
        """A verdict for each, in order. A batch that breaks the child is asked again, file by file."""
        self.child = self.child or Child()
        question = ["inspect_all", [[_absolute(path), filename] for path, filename in files]]
        verdicts = self.child.ask(question, _verdicts)
        if isinstance(verdicts, list) and len(verdicts) == len(files):
            return verdicts
        self.close()
        return list(inspect_many(files, bulk=True))

    def close(self) -> None:
        if self.child:
            self.child.close()
        self.child = None


def measure_many(paths: Iterable[Path]) -> Iterator[Loudness | None]:
    """The loudness of files that were inspected in bulk, in order; None for one that cannot be heard."""
    with closing(_ask_each((["measure", _absolute(path)] for path in paths), _loudness)) as answers:
        for answer in answers:
            yield None if isinstance(answer, Refused) else answer


def describe_many(paths: Iterable[Path]) -> Iterator[Timbre | None]:
    """What these files sound like, in order; None for one of which there is not enough to be heard."""
    with closing(_ask_each((["describe", _absolute(path)] for path in paths), _timbre)) as answers:
        for answer in answers:
            yield None if isinstance(answer, Refused) else answer


def render_picture(path: Path) -> dict[int, bytes] | Refused:
    """A picture file as `audio.artwork.render_cover` makes it: WebP files by the side asked for in pixels."""
    [answer] = _ask_each([["render", _absolute(path)]], _covers)
    return answer or Refused(NO_PICTURE)


def write_tags(source: Path, target: Path, filename: str, tags: Tags, cover: bytes | None) -> Refused | None:
    """Write a copy of `source` to `target` that says all of `tags`, and nothing where they say nothing.

    Start from the tags that were read and replace what changes. MP3 and WAV get ID3v2.4, OGG Vorbis comments; frames
    and comments that Tags has no word for are kept, and without a `cover` so is the old picture. The sound stays as
    it is, packet by packet, which is checked. On a refusal or an error there is no file at `target`.
    """
    try:
        copyfile(source, target)
        refused = _rewrite(target, filename, tags, cover)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    if refused:
        target.unlink(missing_ok=True)
    return refused


def _rewrite(path: Path, filename: str, tags: Tags, cover: bytes | None) -> Refused | None:
    question = ["write", _absolute(path), filename, vars(tags), b64encode(cover or b"").decode()]
    largest_bytes = path.stat().st_size + SPARE_BYTES
    [before] = _ask_each([question], lambda answer: str(answer["audio_sha256"]), largest_bytes)
    if isinstance(before, Refused):
        return before
    [after] = inspect_many([(path, filename)], bulk=True)
    is_same = isinstance(after, AudioFacts) and after.audio_sha256 == before
    return None if is_same else Refused(NOT_WRITTEN)


def _absolute(path: Path) -> str:
    return str(Path(path).absolute())


def _ask_each(
    questions: Iterable[list[Any]], understand: Callable[[dict[str, Any]], T], largest_file_bytes: int = 0
) -> Generator[T | Refused | None, None, None]:
    """One child for all questions; where it breaks there is no answer, and a fresh one takes the next."""
    child: Child | None = None
    try:
        for question in questions:
            child = child or Child(largest_file_bytes)
            answer = child.ask(question, understand)
            if answer is None:
                child.close()
                child = None
            yield answer
    finally:
        if child:
            child.close()


class Child:
    """One `python -m audio.sandbox_child`: a line of JSON in, a line of JSON out.

    JSON rather than pickle: a child that a hostile file has taken over must not be able to run code here.
    """

    def __init__(self, largest_file_bytes: int = 0) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, str(largest_file_bytes)],
            cwd=ROOT,
            env={name: os.environ[name] for name in ENVIRONMENT_KEPT if name in os.environ} | ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if not self._read_line():
            self.close()
            raise CannotInspect("python -m audio.sandbox_child ends before it is ready: run it to see why.")

    def ask(self, question: list[Any], understand: Callable[[dict[str, Any]], T]) -> T | Refused | None:
        """The answer, or None where there is none: the child is dead or talks nonsense."""
        try:
            self._write_line(json.dumps(question))
            answer = json.loads(self._read_line())
            return Refused(str(answer["refused"])) if "refused" in answer else understand(answer)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def close(self) -> None:
        """End it and collect it: no zombie stays, whatever state it is in."""
        with suppress(BrokenPipeError), self.process:
            self.process.kill()

    def _write_line(self, line: str) -> None:
        pipe = cast(IO[bytes], self.process.stdin)
        pipe.write(line.encode() + b"\n")
        pipe.flush()

    def _read_line(self) -> bytes:
        return cast(IO[bytes], self.process.stdout).readline(MAX_ANSWER_BYTES)


def _facts(answer: dict[str, Any]) -> AudioFacts:
    return AudioFacts(
        **answer | {"tags": tags_from_json(answer["tags"]), "covers": _covers(answer), "bars": tuple(answer["bars"])}
    )


def _verdicts(answer: dict[str, Any]) -> list[AudioFacts | Refused]:
    return [Refused(str(each["refused"])) if "refused" in each else _facts(each) for each in answer["verdicts"]]


def _loudness(answer: dict[str, Any]) -> Loudness:
    return Loudness(**answer | {"bars": tuple(answer["bars"])})


def _timbre(answer: dict[str, Any]) -> Timbre:
    return Timbre(tuple(answer["values"]), answer["tempo_bpm"])


def _covers(answer: dict[str, Any]) -> dict[int, bytes]:
    return {int(size): b64decode(cover) for size, cover in answer["covers"].items()}
