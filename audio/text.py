import math
import re
import unicodedata
from contextlib import suppress
from uuid import UUID

MAX_LENGTH = 255
MAX_MARKS_IN_A_ROW = 4  # enough for Vietnamese, Hebrew and Thai; a tower of them is an attack on the line above
LARGEST_SMALL_INTEGER = 32_767
YEARS = range(1000, 2101)
JOINERS = "\u200c\u200d"  # Persian spelling and emoji families need them; between two visible characters only
BLANK_LETTERS = dict.fromkeys(map(ord, "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"), " ")
HIDDEN = {"Cc", "Cf", "Cs"}
ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", re.ASCII)
ISRC_FILLERS = dict.fromkeys(map(ord, "- .\0"))
FLOAT = re.compile(r"[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d{1,3})?", re.ASCII)


def clean_text(raw: str, limit: int = MAX_LENGTH) -> str:
    """One visible line, NFC, of at most `limit` characters; "" where nothing visible is left."""
    if raw.isascii() and raw.isprintable():  # most tags are, and the way below costs ten times as much
        return " ".join(raw.split())[:limit].strip()
    text = raw[: limit * 16].translate(BLANK_LETTERS)
    text = "".join(" " if char.isspace() else char for char in text if _is_kept(char))
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    return _joiners_only_inside(_thin_out_marks(text))[:limit].strip(" " + JOINERS)


def _is_kept(char: str) -> bool:
    is_noncharacter = ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF
    is_visible = unicodedata.category(char) not in HIDDEN or char.isspace() or char in JOINERS
    return is_visible and not is_noncharacter


def _thin_out_marks(text: str) -> str:
    kept, marks = [], 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks <= MAX_MARKS_IN_A_ROW:
            kept.append(char)
    return "".join(kept)


def _joiners_only_inside(text: str) -> str:
    return re.sub(rf"(?<=[\s{JOINERS}])[{JOINERS}]+|[{JOINERS}]+(?=\s|$)|^[{JOINERS}]+", "", text)


def repair_mojibake(text: str) -> str:
    """UTF-8 that was stored as Latin-1 ("cafÃ©") read again as UTF-8; anything else unchanged."""
    with suppress(UnicodeError):
        return text.encode("latin-1").decode("utf-8")
    return text


def parse_number(raw: str) -> int | None:
    """The 3 of "3", "03" and "3/12"; None unless it lies in 1..32767."""
    found = re.match(r"\s*(\d{1,9})\s*(?:/|$)", raw, re.ASCII)
    number = int(found[1]) if found else 0
    return number if 1 <= number <= LARGEST_SMALL_INTEGER else None


def parse_year(raw: str) -> int | None:
    """The year of "2019", "2019-05-01", "20190501" or "1 May 2019"; None unless it lies in 1000..2100."""
    found = re.search(r"(?<!\d)(\d{4})(?:\d{4})?(?!\d)", raw[:MAX_LENGTH], re.ASCII)
    return int(found[1]) if found and int(found[1]) in YEARS else None


def parse_mbid(raw: str) -> str:
    """A MusicBrainz id in its one spelling, or ""."""
    with suppress(ValueError):
        return str(UUID(raw.strip())) if len(raw.strip()) == 36 else ""
    return ""


def parse_isrc(raw: str) -> str:
    """The twelve capitals and digits of "us-rc1-76-07839", or ""."""
    code = raw[:MAX_LENGTH].upper().translate(ISRC_FILLERS)
    return code if ISRC.fullmatch(code) else ""


def parse_float(raw: str) -> float | None:
    """The -7.5 of "-7.50 dB", or None."""
    found = FLOAT.match(raw.strip()[:MAX_LENGTH])
    number = float(found[0].replace(",", ".")) if found else math.nan
    return number if math.isfinite(number) else None
