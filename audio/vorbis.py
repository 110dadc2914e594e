import binascii
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from mutagen import File, MutagenError
from mutagen.flac import Picture
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from audio.tags import ALIASES, Fields

MAX_COMMENTS = 2_000
MAX_PICTURES = 8
FRONT_COVER = 3
R128_TO_REPLAYGAIN_DB = 5.0  # R128 aims at -23 LUFS, ReplayGain at -18


def read_vorbis(file: BinaryIO, codec: str) -> tuple[dict[str, list[str]], list[tuple[bool, bytes]]]:
    """Vorbis comments by lower-case name, with the pictures as (is front cover, bytes); nothing if unreadable."""
    with suppress(MutagenError, ValueError, KeyError, IndexError, OverflowError):
        file.seek(0)
        comments: Any = (OggOpus if codec == "opus" else OggVorbis)(file).tags
        fields = _fields(comments[:MAX_COMMENTS])
        return fields, _pictures(fields.pop("metadata_block_picture", []))
    return {}, []


def _fields(comments: list[tuple[str, str]]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in comments:
        fields.setdefault(name.lower(), []).append(value)
    for kind in ("track", "album"):
        _add_r128(fields, kind)
    return fields


def _add_r128(fields: dict[str, list[str]], kind: str) -> None:
    """Opus states its gain in 256ths of a dB."""
    with suppress(ValueError, KeyError):
        gain_db = int(fields[f"r128_{kind}_gain"][0]) / 256 + R128_TO_REPLAYGAIN_DB
        fields.setdefault(f"replaygain_{kind}_gain", [str(gain_db)])


def _pictures(encoded: list[str]) -> list[tuple[bool, bytes]]:
    pictures = []
    for value in encoded[:MAX_PICTURES]:
        with suppress(MutagenError, binascii.Error, ValueError):
            picture = Picture(b64decode(value))
            if picture.mime != "-->":
                pictures.append((picture.type == FRONT_COVER, picture.data))
    return pictures


def write_vorbis(path: Path, changed: Fields, cover: tuple[str, bytes] | None) -> None:
    """Put the `changed` fields, and a new front cover as (media type, bytes), in place of those that say the same.

    All other comments and pictures stay. Raises MutagenError and, for a broken file, ValueError.
    """
    ogg = File(path, options=[OggVorbis, OggOpus])
    if ogg is None:
        raise MutagenError("neither Vorbis nor Opus")
    for name, values in changed.items():
        _replace(ogg.tags, *(_r128(name, values) if isinstance(ogg, OggOpus) else (name, values)))
    if cover:
        _replace_front_cover(ogg.tags, *cover)
    ogg.save(path)


def _replace(comments: Any, name: str, values: list[str]) -> None:
    for alias in (name, name.replace("r128", "replaygain"), *ALIASES.get(name, ())):
        if alias in comments:
            del comments[alias]
    if values:
        comments[name.upper()] = values


def _r128(name: str, values: list[str]) -> tuple[str, list[str]]:
    """Opus has a gain of its own, in 256ths of a dB, and must not carry ReplayGain's (RFC 7845)."""
    if name not in ("replaygain_track_gain", "replaygain_album_gain"):
        return name, values
    gains_db = [float(value.removesuffix(" dB")) - R128_TO_REPLAYGAIN_DB for value in values]
    return name.replace("replaygain", "r128"), [str(round(gain_db * 256)) for gain_db in gains_db]


def _replace_front_cover(comments: Any, media_type: str, data: bytes) -> None:
    others = [value for value in comments.get("metadata_block_picture", []) if not _is_front_cover(value)]
    picture = Picture()
    picture.type, picture.mime, picture.data = FRONT_COVER, media_type, data
    comments["METADATA_BLOCK_PICTURE"] = [b64encode(picture.write()).decode(), *others]


def _is_front_cover(encoded: str) -> bool:
    return any(is_front for is_front, _data in _pictures([encoded]))
