"""A file from another service, read from its beginning to its end in bounded memory; never unpacked to the disk."""

import codecs
import csv
import io
import json
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from history.exports.listens import original_cell
from history.imports.rows import Item, LeftOut, Refused
from history.imports.services import items_of, lastfm, own_csv

MAX_LINE_BYTES = 1 << 20
MAX_THING_CHARACTERS = 8 << 20  # a page of a thousand scrobbles has two
MAX_UNPACKED_BYTES = 4 << 30
MAX_MEMBERS = 10_000
MAX_RATIO = 200  # lists of plays shrink to a tenth or a thirtieth
SMALL_BYTES = 10 << 20
HEAD_BYTES = 64 << 10
GIVEN_UP_AFTER = 2000
TELLS_NOTHING = {LeftOut.UNREADABLE, LeftOut.NAMELESS, LeftOut.NO_DATE, LeftOut.NOW_PLAYING}

SPOTIFY_NAME = re.compile(r"(?:^|/)(?:Streaming_History_Audio_[^/]*|endsong_\d+)\.json$", re.IGNORECASE)
ACCOUNT_NAME = re.compile(r"(?:^|/)StreamingHistory(?:_music_)?\d*[^/]*\.json$", re.IGNORECASE)
LISTENS_NAME = re.compile(r"(?:^|/)listens(?:/\d+/\d+)?\.jsonl$", re.IGNORECASE)
ANY_NAME = re.compile(r"\.(?:jsonl|json|csv)$", re.IGNORECASE)
LIST_BEGINS = re.compile(rb'"(?:scrobbles|listens|track)"\s*:\s*\[')
ROW_BEGINS = re.compile(rb'"(?:track_metadata|ms_played|msPlayed)"\s*:')
UNHEADED = ("artist", "album", "title", "date")

BETWEEN = re.compile(r"[\s,]*")
JSON = json.JSONDecoder()

Progress = Callable[[float], object]


class _Measured(io.RawIOBase):
    """Counts what is read."""

    def __init__(self, stream: IO[bytes], whole: "_Whole") -> None:
        self.stream, self.whole = stream, whole

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self.stream.read(len(buffer))
        buffer[: len(block)] = block
        self.whole.add(len(block))
        return len(block)


class _Whole:
    """How far all of it has been read."""

    def __init__(self, total_bytes: int, progress: Progress) -> None:
        self.total_bytes, self.progress, self.read_bytes = total_bytes, progress, 0

    def add(self, count: int) -> None:
        self.read_bytes += count
        if self.read_bytes > MAX_UNPACKED_BYTES:
            raise Refused(_("This file unpacks to more than 4 GB, which no listening history needs."))
        self.progress(min(1.0, self.read_bytes / max(1, self.total_bytes)))


def read(path: Path, progress: Progress = lambda share: None) -> Iterator[Item]:
    """The plays in the order of the file, and what is left out. Raises Refused, also in mid-way."""
    known, asked = 0, 0
    with _named_errors():
        for item in _items(path, progress):
            known, asked = known + (item not in TELLS_NOTHING), asked + 1
            if asked >= GIVEN_UP_AFTER and not known:
                break
            yield item
    if not known:
        raise Refused(
            _(
                "There are no listens in this file. Send an export of ListenBrainz, Last.fm or Spotify, or one of "
                "Music Streamer, as it came."
            )
        )


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except Refused:
        raise
    except UnicodeDecodeError as error:
        raise Refused(_("This file is not in UTF-8. Export it again, or save it as UTF-8 text.")) from error
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error) as error:
        raise Refused(_("This zip file is damaged or breaks off. Download it again.")) from error
    except (EOFError, ValueError, RecursionError, csv.Error) as error:
        raise Refused(_("This file is damaged or breaks off. Export it again.")) from error
    except (NotImplementedError, RuntimeError) as error:
        raise Refused(_("This zip file is locked or packed in an unusual way. Send it as it came.")) from error


def _items(path: Path, progress: Progress) -> Iterator[Item]:
    with path.open("rb") as file:
        if file.read(4) == b"PK\x03\x04":
            yield from _from_zip(path, progress)
            return
        file.seek(0)
        yield from _from_stream(file, _Whole(path.stat().st_size, progress))


def _from_zip(path: Path, progress: Progress) -> Iterator[Item]:
    with zipfile.ZipFile(path) as archive:
        members = _wanted(archive.infolist())
        whole = _Whole(sum(member.file_size for member in members), progress)
        for member in members:
            _check(member)
            with archive.open(member) as stream:
                yield from _from_stream(stream, whole)


def _wanted(members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The whole history where there is one, before what is only a part of it."""
    if len(members) > MAX_MEMBERS:
        raise Refused(_("There are too many files in this zip. Send the export as it came."))
    for pattern in (SPOTIFY_NAME, ACCOUNT_NAME, LISTENS_NAME, ANY_NAME):
        found = [each for each in members if pattern.search(each.filename) and not each.is_dir()]
        found = [each for each in found if not each.filename.startswith("__MACOSX/")]
        if found:
            return sorted(found, key=lambda each: each.filename)
    raise Refused(_("There is no listening history in this zip file. Send the export as it came."))


def _check(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 1:
        raise RuntimeError("encrypted")
    if member.header_offset < 0:
        raise zipfile.BadZipFile("before the file begins")
    if member.file_size > max(SMALL_BYTES, MAX_RATIO * member.compress_size):
        raise Refused(
            _("This zip file unpacks to far more than a listening history would. Send the export as it came.")
        )


def _from_stream(stream: IO[bytes], whole: _Whole) -> Iterator[Item]:
    buffered = io.BufferedReader(_Measured(stream, whole), HEAD_BYTES)
    head = buffered.peek(HEAD_BYTES)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused(_("This file is not in UTF-8. Export it again, or save it as UTF-8 text."))
    if head.startswith(b"\xef\xbb\xbf"):
        head = head[len(buffered.read(3)) :]
    begin = head.lstrip()[:1]
    if begin not in (b"[", b"{"):
        yield from _from_csv(_lines(buffered))
        return
    place = head.index(b"[") + 1 if begin == b"[" else _place_of_list(head)
    buffered.read(place)
    for thing in _elements(buffered) if place else map(_parsed, _lines(buffered)):
        yield from items_of(thing)


def _place_of_list(head: bytes) -> int:
    """Behind the bracket with which the plays begin inside one large object; 0 when each line is an object."""
    begins, row = LIST_BEGINS.search(head), ROW_BEGINS.search(head)
    return begins.end() if begins and not (row and row.start() < begins.start()) else 0


def _elements(stream: IO[bytes]) -> Iterator[Any]:
    """Of the JSON list in whose inside the stream stands, one by one. The standard parser bounds how deep they nest."""
    decoder, text, place = codecs.getincrementaldecoder("utf-8")(), "", 0
    is_over = False
    while True:
        place = BETWEEN.match(text, place).end()  # type: ignore[union-attr]
        if text[place : place + 1] == "]":
            return
        with suppress(json.JSONDecodeError):
            thing, end = JSON.raw_decode(text, place)
            if end < len(text):
                place = end
                yield thing
                continue
        if is_over:
            raise EOFError
        if len(text) - place > MAX_THING_CHARACTERS:
            raise Refused(_("One entry of this file is far too long for a listen. Check that it is the right file."))
        block = stream.read(max(HEAD_BYTES, len(text) - place))
        text, place, is_over = text[place:] + decoder.decode(block, final=not block), 0, not block


def _lines(stream: IO[bytes]) -> Iterator[str]:
    while line := stream.readline(MAX_LINE_BYTES + 1):
        if len(line) > MAX_LINE_BYTES:
            raise Refused(_("A line of this file is far too long for a listen. Check that it is the right file."))
        if not line.isspace():
            yield line.decode()


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (json.JSONDecodeError, ValueError, RecursionError):
        return None


def _from_csv(lines: Iterator[str]) -> Iterator[Item]:
    """By the names of its columns; without any it is what lastfm-to-csv writes."""
    first = next(lines, "")
    if "\0" in first:
        raise Refused(_("This is not a text file. Send the export as it came."))
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows = csv.reader(_with_first(first, lines), delimiter=delimiter)
    columns: list[str] | tuple[str, ...] = (
        [_column(name) for name in first_row] if (first_row := next(rows, [])) else []
    )
    if not {"artist", "title"} <= {*columns, *(["title"] if "track" in columns else [])}:
        columns = UNHEADED
        yield _csv_item(columns, first_row)
    for row in rows:
        yield _csv_item(columns, row)


def _with_first(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _column(name: str) -> str:
    """ "Date#someone" of lastfmstats.com is a date."""
    return name.partition("#")[0].strip().lower()


def _csv_item(columns: list[str] | tuple[str, ...], row: list[str]) -> Item:
    if len(row) < 3 or len(row) > 50:
        return LeftOut.UNREADABLE
    cells = dict(zip(columns, row, strict=False))
    if {"started_at", "event_id"} <= cells.keys():
        return own_csv({name: original_cell(cell) for name, cell in cells.items()})
    item = lastfm(cells)
    is_now_playing = item is LeftOut.NO_DATE and not any(cell.strip() for cell in _dates(columns, row))
    return LeftOut.NOW_PLAYING if is_now_playing else item


def _dates(columns: list[str] | tuple[str, ...], row: list[str]) -> list[str]:
    return [cell for name, cell in zip(columns, row, strict=False) if name in ("date", "uts", "utc_time")]
