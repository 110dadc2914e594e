"""Words to a track: plain lines, or LRC, where each line carries the time it is sung at."""

import codecs
import re
from collections.abc import Iterable

from audio.text import clean_text

MAX_BYTES = 64 << 10
MAX_LINE_LENGTH = 1_000
STAMP = re.compile(r"\[(\d{1,3}):([0-5]\d)(?:[.:](\d{1,3}))?\]", re.ASCII)
WORD_STAMP = re.compile(r"<\d{1,3}:[0-5]\d(?:[.:]\d{1,3})?>\s?", re.ASCII)
OFFSET = re.compile(r"^\[offset:\s*([+-]?\d{1,6})\s*\]", re.ASCII | re.IGNORECASE | re.MULTILINE)
BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def clean_lyrics(raw: str) -> str:
    """Visible lines, parted by "\\n", of at most 64 KiB in UTF-8; the lines that are too many are left out."""
    lines = [clean_text(line, MAX_LINE_LENGTH) for line in raw[:MAX_BYTES].splitlines()]
    return "\n".join(_that_fit(lines)).strip("\n")


def _that_fit(lines: Iterable[str]) -> Iterable[str]:
    room = MAX_BYTES
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            return
        yield line


def parse_lrc(text: str) -> list[tuple[int, str]]:
    """The lines of an LRC text as (milliseconds, words), in the order they are sung; lines without a time are left out.

    A line with several times is sung several times, `[offset:500]` brings all of them half a second forward, and the
    times of single words (`<00:12.00>`) are dropped.
    """
    found = OFFSET.search(text)
    offset_ms = int(found[1]) if found else 0
    timed = [(max(0, ms - offset_ms), words) for line in text.splitlines() for ms, words in _timed(line.strip())]
    return sorted(timed, key=lambda line: line[0])


def _timed(line: str) -> Iterable[tuple[int, str]]:
    times_ms, position = [], 0
    while stamp := STAMP.match(line, position):
        times_ms.append(_milliseconds(stamp))
        position = stamp.end()
    words = WORD_STAMP.sub("", line[position:]).strip()
    return [(ms, words) for ms in times_ms]


def _milliseconds(stamp: re.Match[str]) -> int:
    minutes, seconds, fraction = stamp.groups(default="0")
    return (int(minutes) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))


def lrc_from(pieces: Iterable[tuple[str, int]]) -> str:
    """LRC of (words, milliseconds), as ID3's SYLT frame has them.

    Where any piece begins with a line break, that is where lines begin and the other pieces are their syllables;
    else each piece is a line.
    """
    pieces = list(pieces)
    has_syllables = any(words.startswith("\n") for words, _ms in pieces)
    lines: list[str] = []
    for words, ms in pieces:
        if lines and has_syllables and not words.startswith("\n"):
            lines[-1] += words
        else:
            lines.append(_stamp(ms) + words.lstrip("\n"))
    return "\n".join(" ".join(line.splitlines()) for line in lines)


def _stamp(ms: int) -> str:
    return f"[{ms // 60_000:02}:{ms // 1000 % 60:02}.{ms % 1000:03}]"


def decode_lyrics(raw: bytes) -> str:
    """The clean text of an .lrc or .txt file in UTF-8, UTF-16 or else Windows' Western code page."""
    return clean_lyrics(_decoded(raw[: 4 * MAX_BYTES]))


def _decoded(raw: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            return raw.decode(encoding, "replace")
    if b"\0" in raw[:64]:
        return raw.decode("utf-16-le" if raw[1:2] == b"\0" else "utf-16-be", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
