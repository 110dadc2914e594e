"""Music files below some folders, one folder in memory at a time."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

MUSIC = {".mp3", ".ogg", ".oga", ".wav"}
OTHER_SOUND = {".flac", ".m4a", ".aac", ".alac", ".opus", ".wma", ".aif", ".aiff", ".ape", ".wv", ".mpc", ".dsf"}
COVER_NAMES = ("cover", "folder", "front")
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".gif"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a folder holds beside its music: the picture that is meant for it, and lyrics by their stem."""

    cover: str = ""
    lyrics: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    path: str
    size_bytes: int
    mtime_ns: int
    beside: Surroundings

    @property
    def filename(self) -> str:
        return os.path.basename(self.path)  # noqa: PTH119 a path with surrogates stays a str

    @property
    def lyrics_path(self) -> str:
        return self.beside.lyrics.get(_stem(self.filename), "")

    @property
    def is_music(self) -> bool:
        return _suffix(self.filename) in MUSIC


Complaint = Callable[[str, str], None]  # path, reason


def walk(roots: list[str], complain: Complaint) -> Iterator[Found]:
    """Files that are or might be meant as music, below folders or named themselves.

    Links are followed, each folder is entered once: a loop ends where it began. What cannot be read is complained of.
    """
    entered: set[tuple[int, int]] = set()
    waiting = list(reversed(roots))
    while waiting:
        path = waiting.pop()
        try:
            status = os.stat(path)  # noqa: PTH116
            if not os.path.isdir(path):  # noqa: PTH112
                yield from _file(path, Surroundings(), complain)
            elif (key := (status.st_dev, status.st_ino)) not in entered:
                entered.add(key)
                folders: list[str] = []
                yield from _folder(path, folders, complain)
                waiting.extend(sorted(folders, reverse=True))
        except OSError as error:
            complain(path, reason_of(error))


def reason_of(error: OSError) -> str:
    return f"It cannot be read: {error.strerror or error}."


def _folder(path: str, folders: list[str], complain: Complaint) -> Iterator[Found]:
    """The folder is read twice rather than held: it may have a million entries, and its cover may come last."""
    beside = _surroundings(path)
    with os.scandir(path) as entries:
        for entry in entries:
            if _is_folder(entry):
                folders.append(entry.path)
            else:
                yield from _file(entry.path, beside, complain)


def _surroundings(path: str) -> Surroundings:
    covers: dict[str, str] = {}
    lyrics: dict[str, str] = {}
    with os.scandir(path) as entries:
        for entry in entries:
            suffix = _suffix(entry.name)
            if suffix in PICTURES and (stem := _stem(entry.name)) in COVER_NAMES:
                covers[stem] = entry.path
            elif suffix == ".lrc":
                lyrics[_stem(entry.name)] = entry.path
    return Surroundings(next((covers[name] for name in COVER_NAMES if name in covers), ""), lyrics)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _file(path: str, beside: Surroundings, complain: Complaint) -> Iterator[Found]:
    if _suffix(path) not in MUSIC | OTHER_SOUND:
        return
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError as error:
        complain(path, reason_of(error))
        return
    if status.st_mode & 0o170000 != 0o100000:
        complain(path, "It is not a file.")
        return
    yield Found(path, status.st_size, status.st_mtime_ns, beside)


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 pathlib would be half of the walk


def _stem(name: str) -> str:
    return os.path.splitext(name)[0].casefold()  # noqa: PTH122
