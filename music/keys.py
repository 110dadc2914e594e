"""Numbers and ids that stand for names, so that what is not in the catalogue yet can be told apart and found again."""

import hashlib
import re
import uuid
from datetime import datetime

from music.search.fold import fold

FEATURED_TITLE = re.compile(
    r"\s+(?:[(\[]\s*(?:feat\.?|ft\.?|featuring)\s[^)\]]*[)\]]|(?:feat\.?|ft\.)\s.*$)", re.IGNORECASE
)
FEATURED_ARTIST = re.compile(r"\s+[(\[]?(?:feat\.?|ft\.?|featuring)\s.*$", re.IGNORECASE)
REMASTERED = re.compile(
    r"\s*(?:[-–—]\s+|[(\[]\s*)(?:\d{4}\s+)?(?:digital(?:ly)?\s+)?re-?master(?:ed)?(?:\s+version)?(?:\s+\d{4})?"
    r"(?:\s+version)?\s*[)\]]?\s*$",
    re.IGNORECASE,
)
KEY_BITS = 62
NAMESPACE = uuid.UUID("5b6f7c3e-2a59-4c0a-9d39-1f0f7f4b7c11")


def recording_key(artist: str, title: str) -> int:
    """A negative number of 62 bits which stands for the names; spellings that differ in trifles share it."""
    return _key("recording", folded_artist(artist), folded_title(title))


def artist_key(name: str) -> int:
    return _key("artist", folded_artist(name))


def album_key(artist: str, title: str) -> int:
    return _key("album", folded_artist(artist), _folded(title))


def event_id(user_id: int, artist: str, title: str, started_at: datetime) -> str:
    """The same for the same play wherever it is told, so that to hear of it twice adds nothing."""
    second = int(started_at.timestamp())
    return str(uuid.uuid5(NAMESPACE, f"{user_id}/{second}/{recording_key(artist, title)}"))


def folded_title(title: str) -> str:
    """Without guests, and without that it was remastered."""
    lower = title.lower()
    if "feat" in lower or "ft" in lower:
        title = FEATURED_TITLE.sub("", title)
    if "master" in lower:
        title = REMASTERED.sub("", title)
    return _folded(title)


def folded_artist(name: str) -> str:
    lower = name.lower()
    if "feat" in lower or "ft" in lower:
        name = FEATURED_ARTIST.sub("", name)
    return _folded(name).removeprefix("the ") or _folded(name)


def _folded(text: str) -> str:
    """Signs alone fold to nothing: they stand for themselves."""
    return fold(text) or " ".join(text.casefold().split())


def _key(*names: str) -> int:
    digest = hashlib.sha256("\0".join(names).encode("utf-8", "replace")).digest()
    return -1 - (int.from_bytes(digest[:8], "big") >> (64 - KEY_BITS))
