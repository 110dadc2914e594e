from collections.abc import Collection, Iterator
from io import BytesIO
from typing import BinaryIO

from audio.id3 import read_id3

MAX_CHUNKS = 2_000
MAX_TAG_BYTES = 32 << 20
INFO_NAMES = {
    b"INAM": "title",
    b"IART": "artist",
    b"IPRD": "album",
    b"IGNR": "genre",
    b"ICRD": "date",
    b"ITRK": "tracknumber",
    b"IPRT": "tracknumber",
}


def read_riff(file: BinaryIO, size_bytes: int) -> tuple[dict[str, list[str]], list[tuple[bool, bytes]]]:
    """Both kinds of tag a WAVE may carry: LIST INFO fields, and a whole ID3v2 tag in a chunk of its own.

    Where both name a thing INFO, the format's own, wins. Sizes in the file are believed only as far as the file
    reaches, and a chunk of over 32 MiB is passed by.
    """
    info: dict[str, list[str]] = {}
    id3 = b""
    for name, start, length in _chunks(file, size_bytes):
        if name.upper() == b"ID3 " and length <= MAX_TAG_BYTES:
            id3 = id3 or _read(file, start, length)
        elif name == b"LIST" and length <= MAX_TAG_BYTES:
            _add_info(info, _read(file, start, length))
    fields, pictures = read_id3(BytesIO(id3))
    return fields | info, pictures


def _chunks(file: BinaryIO, size_bytes: int) -> Iterator[tuple[bytes, int, int]]:
    position = 12
    for _ in range(MAX_CHUNKS):
        header = _read(file, position, 8)
        if len(header) < 8:
            return
        length = min(int.from_bytes(header[4:], "little"), size_bytes - position - 8)
        yield header[:4], position + 8, length
        position += 8 + length + length % 2


def hide_info(file: BinaryIO, size_bytes: int, names: Collection[str]) -> None:
    """Rename the LIST INFO entries that fill these fields to JUNK: what is left says what an ID3 tag does not."""
    for name, start, length in list(_chunks(file, size_bytes)):
        if name == b"LIST" and length <= MAX_TAG_BYTES:
            for position, entry, _value in _entries(_read(file, start, length)):
                if INFO_NAMES.get(entry) in names:
                    file.seek(start + position)
                    file.write(b"JUNK")


def _add_info(info: dict[str, list[str]], chunk: bytes) -> None:
    for _position, name, value in _entries(chunk):
        if name in INFO_NAMES and value:
            info.setdefault(INFO_NAMES[name], []).append(_text(value))


def _entries(chunk: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """(position, name, value) of what a LIST INFO chunk holds."""
    position = 4 if chunk[:4] == b"INFO" else len(chunk)
    for _ in range(MAX_CHUNKS):
        if position >= len(chunk):
            return
        name, length = chunk[position : position + 4], int.from_bytes(chunk[position + 4 : position + 8], "little")
        yield position, name, chunk[position + 8 : position + 8 + length].rstrip(b"\0")
        position += 8 + length + length % 2


def _text(value: bytes) -> str:
    """INFO never said which encoding: today's writers use UTF-8, older ones Windows' Western code page."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def _read(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)
