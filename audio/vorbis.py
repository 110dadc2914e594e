import binascii
from base64 import b64decode
from contextlib import suppress
from typing import Any, BinaryIO

from mutagen import MutagenError
from mutagen.flac import Picture
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

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
