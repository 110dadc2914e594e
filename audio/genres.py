import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from audio.genre_names import ALIASES, ID3V1_GENRES, JUNK, ONE_GENRE_WITH_A_SLASH
from audio.text import clean_text

MAX_GENRES = 10
MAX_LENGTH = 80
MAX_RAW_LENGTH = 2_000
NUMBERS_FIRST = re.compile(r"(?:\A|(?<=[\0;|]))\s*(?:\((?:\d{1,3}|RX|CR)\))+")
ALWAYS_APART = re.compile(r"[\0;|]")
APART_BETWEEN_WORDS = re.compile(r"(?<=[\w&.'’)!])\s*[/,]\s*(?=[\w&('’])")


def fold_genres(raw: Iterable[str]) -> tuple[str, ...]:
    """Tags' genres in the house's spelling: at most 10, in order, each once, each of at most 80 characters."""
    found: dict[str, str] = {}
    for value in raw:
        for name in _names(value[:MAX_RAW_LENGTH]):
            found.setdefault(name.casefold(), name)
        if len(found) >= MAX_GENRES:
            break
    return tuple(found.values())[:MAX_GENRES]


@lru_cache(maxsize=1_000)
def _names(value: str) -> tuple[str, ...]:
    names = map(_house_spelling, _parts(value))
    return tuple(name for name in names if _key(name) not in JUNK)


def _parts(value: str) -> Iterator[str]:
    """Split no further than needed: "Hip Hop/Rap" is one known genre, "Rock/Pop" is two."""
    for chunk in ALWAYS_APART.split(NUMBERS_FIRST.sub(_apart, value)):
        yield from [chunk] if _key(chunk) in ONE_GENRE_WITH_A_SLASH else APART_BETWEEN_WORDS.split(chunk)


def _apart(numbers: re.Match[str]) -> str:
    return numbers[0].strip().strip("()").replace(")(", ";") + ";"


def _house_spelling(part: str) -> str:
    name = clean_text(part, MAX_LENGTH).strip(" ,/-")
    if re.fullmatch(r"\d{1,3}|RX|CR", name, re.ASCII):
        return ID3V1_GENRES.get(name, "")
    return ALIASES.get(_key(name)) or _cased(name.removeprefix("& "))


def _key(name: str) -> str:
    """What two spellings of one genre share: "Hip-Hop", "hip hop" and "HipHop" are all "hiphop"."""
    return "".join(char for char in name.casefold() if char.isalnum())


def _cased(name: str) -> str:
    if name not in (name.lower(), name.upper()):
        return name
    return " ".join(word[:1].upper() + word[1:].lower() for word in name.split(" "))[:MAX_LENGTH]
