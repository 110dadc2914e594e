import struct
from pathlib import Path
from typing import Any

from mutagen import MutagenError
from mutagen.wave import WAVE

from audio.facts import MAX_COVER_BYTES, Refused, Tags
from audio.id3 import change_id3, id3_of
from audio.inspect import inspect, split_filename
from audio.riff import hide_info
from audio.tags import Fields, changed_fields, fields_from, tags_from
from audio.vorbis import write_vorbis

CANNOT_WRITE = "New tags cannot be written into this file: it is built in a way that would damage it."
ROUNDED_BY_OPUS = {"replaygain_track_gain", "replaygain_album_gain"}
Cover = tuple[str, bytes] | None


def retag(path: Path, filename: str, tags: Tags, cover: bytes | None) -> str:
    """Make the file at `path` say `tags`, in place, and answer the `audio_sha256` it had before.

    What already reads as asked is left as it is written, and so is all that Tags has no word for. Without a `cover`
    the old picture stays. Raises Refused where the file or the picture is not fit for it.
    """
    facts = inspect(path, filename, bulk=True)
    stem, _format = split_filename(filename)
    asked = tags_from(fields_from(tags), stem)
    changed = changed_fields(facts.tags, asked)
    try:
        _write(path, facts.format, changed, _checked(cover))
    except (MutagenError, OSError, ValueError, KeyError, IndexError, OverflowError, struct.error) as error:
        raise Refused(CANNOT_WRITE) from error
    if changed_fields(inspect(path, filename, bulk=True).tags, asked).keys() - ROUNDED_BY_OPUS:
        raise Refused(CANNOT_WRITE)
    return facts.audio_sha256


def _checked(picture: bytes | None) -> Cover:
    if not picture:
        return None
    if len(picture) > MAX_COVER_BYTES or not (media_type := _media_type(picture)):
        raise Refused("This picture cannot be put into the file. Use a JPEG, PNG, WebP or GIF of up to 16 MiB.")
    return media_type, picture


def _media_type(picture: bytes) -> str:
    """By the first bytes: what it really is was seen by those who made a cover of it."""
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "image/webp"
    return {b"\xff\xd8\xff": "image/jpeg", b"\x89PN": "image/png", b"GIF": "image/gif"}.get(picture[:3], "")


def _write(path: Path, format: str, changed: Fields, cover: Cover) -> None:
    if format == "ogg":
        write_vorbis(path, changed, cover)
    elif format == "wav":
        _write_wav(path, changed, cover)
    else:
        frames = id3_of(path)
        change_id3(frames, changed, cover)
        frames.save(path, v2_version=4)


def _write_wav(path: Path, changed: Fields, cover: Cover) -> None:
    wave: Any = WAVE(path)
    if wave.tags is None:
        wave.add_tags()
    change_id3(wave.tags, changed, cover)
    wave.save(v2_version=4)
    with path.open("r+b") as file:
        hide_info(file, path.stat().st_size, changed)
