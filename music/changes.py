"""What somebody wants to be different about tracks."""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Keep(Enum):
    """Says of a field that it stays as it is: None and "" are values like any other."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True)
class TrackChanges:
    """What is to be said of some tracks from now on.

    `artists` are one or more names, the main one first. `album` "" takes the tracks off their albums, `album_artist`
    "" is each track's main artist. `cover` is a picture in its sizes, as `audio.sandbox.render_picture` answers it;
    without any, the tracks lose theirs.
    """

    title: str | Keep = KEEP
    artists: tuple[str, ...] | Keep = KEEP
    album: str | Keep = KEEP
    album_artist: str | Keep = KEEP
    year: int | Keep | None = KEEP
    track_number: int | Keep | None = KEEP
    disc_number: int | Keep | None = KEEP
    genres: tuple[str, ...] | Keep = KEEP
    visibility: str | Keep = KEEP
    lyrics: str | Keep = KEEP
    cover: dict[int, bytes] | Keep = KEEP
