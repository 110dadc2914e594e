import hashlib
import os
import re
from pathlib import Path
from typing import BinaryIO

from audio.decode import NOT_INSIDE, Sound, decode
from audio.facts import MAX_COVER_BYTES, AudioFacts, Refused, Tags
from audio.id3 import read_id3
from audio.riff import read_riff
from audio.tags import Fields, tags_from
from audio.vorbis import read_vorbis
from audio.words import gettext_noop

__all__ = ["AudioFacts", "Refused", "Tags", "inspect"]

FORMATS = {".mp3": "mp3", ".ogg": "ogg", ".oga": "ogg", ".wav": "wav"}
BLOCK_BYTES = 1 << 20
ONLY_THREE_FORMATS = gettext_noop(
    "Only MP3, OGG and WAV files can be added. Export this one as MP3, OGG or WAV and try again."
)
EMPTY = gettext_noop("This file is empty. Export it again, or pick another one.")
BY_ITS_NAME_ANOTHER = {
    "ogg": gettext_noop(
        "This file is OGG inside, although its name says otherwise. Rename it to end in .ogg and send it again."
    ),
    "wav": gettext_noop(
        "This file is WAV inside, although its name says otherwise. Rename it to end in .wav and send it again."
    ),
    "flac": gettext_noop(
        "This file is FLAC inside, although its name says otherwise. Export it again as MP3, OGG or WAV."
    ),
    "m4a": gettext_noop(
        "This file is M4A inside, although its name says otherwise. Export it again as MP3, OGG or WAV."
    ),
}
Pictures = list[tuple[bool, bytes]]


def inspect(path: Path, filename: str, *, bulk: bool = False) -> AudioFacts:
    """The facts of the file at `path`, which its sender calls `filename`; Refused where it is not taken.

    In bulk most of the sound is counted and not decoded (see `audio.decode.decode`), and its loudness not measured.
    Memory and time are bounded for honest files only: for strangers' files call `audio.sandbox.inspect_many`.
    """
    stem, format = split_filename(filename)
    with path.open("rb") as file:
        size_bytes = os.fstat(file.fileno()).st_size
        _check_first_bytes(file, format, size_bytes)
        sound = decode(file, format, size_bytes, bulk=bulk)
        fields, pictures = _read_tags(file, format, sound.codec, size_bytes)
        return _facts(file, format, size_bytes, sound, tags_from(fields, stem), _cover(pictures))


def split_filename(filename: str) -> tuple[str, str]:
    """("Song", "mp3") for "C:\\Music\\Song.MP3"; Refused for any other extension."""
    name = re.split(r"[/\\]", filename)[-1].replace("\0", "").strip()
    stem, dot, extension = name.rpartition(".")
    format = FORMATS.get((dot + extension).lower())
    if not format:
        raise Refused(ONLY_THREE_FORMATS)
    return stem, format


def _check_first_bytes(file: BinaryIO, format: str, size_bytes: int) -> None:
    if not size_bytes:
        raise Refused(EMPTY)
    found = _container(file.read(12))
    if found and found != format:
        raise Refused(BY_ITS_NAME_ANOTHER[found])
    if not found and format != "mp3":  # an MP3 has no first bytes of its own: the decoder judges it
        raise Refused(NOT_INSIDE[format])


def _container(head: bytes) -> str:
    if head[:4] == b"RIFF" and head[8:] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp":
        return "m4a"
    return {b"OggS": "ogg", b"fLaC": "flac"}.get(head[:4], "")


def _read_tags(file: BinaryIO, format: str, codec: str, size_bytes: int) -> tuple[Fields, Pictures]:
    if format == "mp3":
        return read_id3(file)
    if format == "ogg":
        return read_vorbis(file, codec)
    return read_riff(file, size_bytes)


def _cover(pictures: Pictures) -> bytes | None:
    """The front cover, or else the first picture."""
    fitting = [picture for picture in pictures if 0 < len(picture[1]) <= MAX_COVER_BYTES]
    return max(fitting, key=lambda picture: picture[0])[1] if fitting else None


def _facts(file: BinaryIO, format: str, size_bytes: int, sound: Sound, tags: Tags, cover: bytes | None) -> AudioFacts:
    return AudioFacts(
        format=format,
        size_bytes=size_bytes,
        duration_ms=max(1, round(sound.seconds * 1000)),
        bitrate_kbps=max(1, round(sound.size_bytes * 8 / sound.seconds / 1000)),
        sample_rate_hz=sound.sample_rate_hz,
        channels=sound.channels,
        sha256=_sha256(file),
        audio_sha256=sound.sha256,
        tags=tags,
        cover=cover,
        loudness_lufs=sound.loudness.lufs if sound.loudness else None,
        true_peak=sound.loudness.peak if sound.loudness else None,
        bars=sound.loudness.bars if sound.loudness else (),
        cover_id=hashlib.sha256(cover).hexdigest() if cover else "",
    )


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        digest.update(block)
    return digest.hexdigest()
