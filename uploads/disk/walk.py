"""Music files below some folders, one folder in memory at a time."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

MUSIC = {".mp3", ".ogg", ".oga", ".wav"}
OTHER_SOUND = {".flac", ".m4a", ".aac", ".alac", ".opus", ".wma", ".aif", ".aiff", ".ape", ".wv", ".mpc", ".dsf"}
SOUND = MUSIC | OTHER_SOUND
COVER_NAMES = ("cover", "folder", "front")
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".gif"}


class Surroundings:
    """What a folder holds beside its music: the picture that is meant for it, and lyrics by their stem.

    Read when it is first asked for: of files that are known already nobody asks.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder

    @property
    def cover(self) -> str:
        covers, _lyrics = self._read
        return best_cover(covers)

    def lyrics_of(self, filename: str) -> str:
        _covers, lyrics = self._read
        return lyrics.get(stem(filename), "")

    @cached_property
    def _read(self) -> tuple[dict[str, str], dict[str, str]]:
        covers: dict[str, str] = {}
        lyrics: dict[str, str] = {}
        with suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                if is_cover(entry.name):
                    covers[stem(entry.name)] = entry.path
                elif is_lyrics(entry.name):
                    lyrics[stem(entry.name)] = entry.path
        return covers, lyrics


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
        return self.beside.lyrics_of(self.filename)

    @property
    def is_music(self) -> bool:
        return _suffix(self.filename) in MUSIC


Complaint = Callable[[str, str], None]  # path, reason


def count(roots: list[str]) -> int:
    """How many files walk() will find."""
    return sum(1 for _ in _candidates(roots, lambda path, reason: None))


def walk(roots: list[str], complain: Complaint) -> Iterator[Found]:
    """Files that are or might be meant as music, below folders or named themselves.

    Links are followed, each folder is entered once: a loop ends where it began. What cannot be read is complained of.
    """
    for path, beside in _candidates(roots, complain):
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError as error:
            complain(path, reason_of(error))
            continue
        if status.st_mode & 0o170000 == 0o100000:
            yield Found(path, status.st_size, status.st_mtime_ns, beside)
        else:
            complain(path, "It is not a file.")


def _candidates(roots: list[str], complain: Complaint) -> Iterator[tuple[str, Surroundings]]:
    entered: set[tuple[int, int]] = set()
    waiting = list(reversed(roots))
    while waiting:
        path = waiting.pop()
        try:
            status = os.stat(path)  # noqa: PTH116
            if not os.path.isdir(path):  # noqa: PTH112
                yield path, Surroundings(os.path.dirname(path))  # noqa: PTH120
            elif (key := (status.st_dev, status.st_ino)) not in entered:
                entered.add(key)
                folders: list[str] = []
                yield from _in_folder(path, folders)
                waiting.extend(sorted(folders, reverse=True))
        except OSError as error:
            complain(path, reason_of(error))


def reason_of(error: OSError) -> str:
    return f"It cannot be read: {error.strerror or error}."


def _in_folder(path: str, folders: list[str]) -> Iterator[tuple[str, Surroundings]]:
    """Its entries are never all held: it may have a million."""
    beside = Surroundings(path)
    with os.scandir(path) as entries:
        for entry in entries:
            if _is_folder(entry):
                folders.append(entry.path)
            elif _suffix(entry.name) in SOUND:
                yield entry.path, beside


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def is_cover(name: str) -> bool:
    return _suffix(name) in PICTURES and stem(name) in COVER_NAMES


def is_lyrics(name: str) -> bool:
    return _suffix(name) == ".lrc"


def best_cover(covers: Mapping[str, str]) -> str:
    """Of pictures by their stem the one that stands for the folder, "" where there is none."""
    return next((covers[name] for name in COVER_NAMES if name in covers), "")


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 pathlib would be half of the walk


def stem(name: str) -> str:
    """By which lyrics belong to a track."""
    return os.path.splitext(name)[0].casefold()  # noqa: PTH122
