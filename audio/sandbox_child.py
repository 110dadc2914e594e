"""The far side of audio.sandbox: reads [verb, arguments …] as lines of JSON, answers each with one line."""

import json
import os
import resource
import signal
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from audio.decode import measure
from audio.facts import MAX_COVER_BYTES, Refused, tags_from_json
from audio.inspect import inspect
from audio.words import gettext_noop

EXTRA_MEMORY_BYTES = 256 << 20
CPU_SECONDS = 60
CLOCK_SECONDS = 120
TAGS_TOO_BIG = gettext_noop("The tags or the cover in this file are far too big to be read. Remove them and try again.")
PICTURE_TOO_BIG = gettext_noop("This picture is too large. Use one of up to 16 MiB.")
UNREADABLE = gettext_noop("This file cannot be read: it is damaged. Export it again as MP3, OGG or WAV.")
NOT_ALLOWED = gettext_noop("The server is not allowed to read this file. Change its permissions on the disk.")
Answer = dict[str, Any]
rendered: set[str] = set()  # the pictures that this process has sent as covers, by their cover_id


def main() -> None:
    """`python -m audio.sandbox_child [the largest file it may write, in bytes]`"""
    answers = _take_over_stdout()
    _limit_process(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    _send(answers, {"ready": True})
    for line in sys.stdin.buffer:
        verb, *arguments = json.loads(line)
        _limit_file()
        _send(answers, answer(verb, *arguments))
        signal.alarm(0)


def answer(verb: str, *arguments: Any) -> Answer:
    try:
        return VERBS[verb](*arguments)
    except Refused as refused:
        return {"refused": str(refused)}
    except MemoryError:
        return {"refused": TAGS_TOO_BIG}
    except PermissionError:
        return {"refused": NOT_ALLOWED}
    except Exception:  # whatever a library trips over, the file is at fault and the next one has its turn
        return {"refused": UNREADABLE}


def _inspect(path: str, filename: str, bulk: bool) -> Answer:
    facts = inspect(Path(path), filename, bulk=bulk)
    covers = {} if bulk and facts.cover_id in rendered else _covers(facts.cover)
    rendered.add(facts.cover_id)
    return vars(facts) | {"tags": vars(facts.tags), "cover": None, "covers": covers}


def _inspect_all(files: list[tuple[str, str]]) -> Answer:
    return {"verdicts": [_inspect_next(path, filename) for path, filename in files]}


def _inspect_next(path: str, filename: str) -> Answer:
    _limit_file()
    return answer("inspect", path, filename, True)


def _covers(picture: bytes | None) -> dict[int, str]:
    """Pictures are as hostile as sound, so they are opened here too. A bad one is no reason to refuse the track."""
    try:
        return _rendered(picture) if picture else {}
    except Refused:
        return {}


def _rendered(picture: bytes) -> dict[int, str]:
    from audio.artwork import BadCover, render_cover  # costs a third of the start-up, and most files have none

    try:
        return {size: b64encode(cover).decode() for size, cover in render_cover(picture).items()}
    except BadCover as bad:
        raise Refused(str(bad)) from bad


def _measure(path: str) -> Answer:
    with Path(path).open("rb") as file:
        loudness = measure(file, os.fstat(file.fileno()).st_size)
    if not loudness:
        raise Refused(UNREADABLE)
    return vars(loudness)


def _describe(path: str) -> Answer:
    from audio.timbre import describe  # numpy: most children never need it

    with Path(path).open("rb") as file:
        timbre = describe(file)
    if not timbre:
        raise Refused(UNREADABLE)
    return vars(timbre)


def _render(path: str) -> Answer:
    with Path(path).open("rb") as file:
        picture = file.read(MAX_COVER_BYTES + 1)
    if len(picture) > MAX_COVER_BYTES:
        raise Refused(PICTURE_TOO_BIG)
    return {"covers": _rendered(picture)}


def _write(path: str, filename: str, tags: Answer, cover: str) -> Answer:
    from audio.retag import retag

    return {"audio_sha256": retag(Path(path), filename, tags_from_json(tags), b64decode(cover) or None)}


VERBS: dict[str, Callable[..., Answer]] = {
    "inspect": _inspect,
    "inspect_all": _inspect_all,
    "measure": _measure,
    "describe": _describe,
    "render": _render,
    "write": _write,
}


def _take_over_stdout() -> BinaryIO:
    """Keep the pipe to the parent for answers: what a library prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return answers


def _limit_process(largest_file_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file_bytes, largest_file_bytes))
    if sys.platform == "linux":  # elsewhere the size of the address space says nothing
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit_bytes = pages * resource.getpagesize() + EXTRA_MEMORY_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))


def _limit_file() -> None:
    """Both limits end the process from outside Python, so a loop inside a C library is ended too."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + CPU_SECONDS, hard))
    signal.alarm(CLOCK_SECONDS)


def _send(answers: BinaryIO, message: Answer) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
