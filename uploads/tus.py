"""The words of tus 1.0 (https://tus.io/protocols/resumable-upload): headers in, values or refusals out."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration,checksum"
CHUNK_TYPE = "application/offset+octet-stream"
CHECKSUMS: dict[str, Callable[[], Any]] = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
MAX_METADATA = 4096
CHECKSUM_MISMATCH = 460
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
KEY = re.compile(r"[!-+\--~]{1,64}", re.ASCII)


class TusError(Exception):
    """An answer that is not the one hoped for; the message is for people."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


@dataclass
class Checksum:
    """What the bytes of a chunk must add up to."""

    expected: bytes
    hash: Any = field(repr=False)

    def update(self, block: bytes) -> None:
        self.hash.update(block)

    def holds(self) -> bool:
        return bool(self.hash.digest() == self.expected)


def number(value: str | None, header: str) -> int:
    """A size or an offset in bytes. Raises TusError 400 for anything but plain digits."""
    if value is None or not NUMBER.fullmatch(value):
        raise TusError(400, _("%s must be a number of bytes.") % header)
    return int(value)


def metadata(value: str) -> dict[str, bytes]:
    """`key base64,key base64`, decoded. Raises TusError 400, also for more than 4,096 characters."""
    if len(value) > MAX_METADATA:
        raise TusError(400, _("Upload-Metadata is longer than %d characters.") % MAX_METADATA)
    found: dict[str, bytes] = {}
    for pair in value.split(",") if value else []:
        key, _space, encoded = pair.strip(" ").partition(" ")
        if not KEY.fullmatch(key) or key in found:
            raise TusError(400, _("Upload-Metadata must be pairs of different keys and base64 values."))
        found[key] = _decoded(encoded)
    return found


def text(pairs: dict[str, bytes], key: str) -> str:
    """A value of the metadata, "" where there is none. Raises TusError 400."""
    try:
        return pairs.get(key, b"").decode()
    except UnicodeDecodeError as error:
        raise TusError(400, _("%s in Upload-Metadata is not UTF-8.") % key) from error


def checksum(value: str | None) -> Checksum | None:
    """`sha1 base64` or `sha256 base64`; None where nothing is promised. Raises TusError 400."""
    if value is None:
        return None
    algorithm, _space, encoded = value.partition(" ")
    if algorithm not in CHECKSUMS:
        raise TusError(400, _("Upload-Checksum may be one of: %s.") % ", ".join(CHECKSUMS))
    return Checksum(_decoded(encoded), CHECKSUMS[algorithm]())


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise TusError(400, _("A value is not base64.")) from error
