"""Which bytes of a track to send: Range and validators as RFC 9110 has them, or X-Accel-Redirect for nginx."""

import io
import os
import re
from functools import lru_cache
from pathlib import Path, PurePath
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from django.utils.text import slugify

from audio.facts import CONTENT_TYPES

NOT_IN_A_FILE_NAME = re.compile(
    r'[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\:*?"<>|]+'
)  # on any system
MOST_OF_A_FILE_NAME = 180  # bytes: file systems end at 255
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class Audio(NamedTuple):
    """What must be known of a track to send it; `file` is its name in the media folder."""

    pk: int
    title: str
    file: str
    format: str
    size_bytes: int
    sha256: str


class Unsatisfiable(ValueError):
    """The range asked for lies outside the file: 416."""


def parse_range(header: str, size_bytes: int) -> tuple[int, int] | None:
    """First and last byte of a single range, or None for everything (no range, several, or nonsense).

    Raises Unsatisfiable.
    """
    match = ONE_RANGE.fullmatch(header.strip())
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        if int(last) == 0 or size_bytes == 0:
            raise Unsatisfiable
        return max(0, size_bytes - int(last)), size_bytes - 1
    if last and int(last) < int(first):
        return None
    if int(first) >= size_bytes:
        raise Unsatisfiable
    return int(first), min(int(last or size_bytes), size_bytes - 1)


def file_name(name: str, suffix: str) -> str:
    """What a file may be called on any disk, hidden on none and with the ending that it has."""
    kept = NOT_IN_A_FILE_NAME.sub(" ", name).encode()[:MOST_OF_A_FILE_NAME].decode(errors="ignore")
    return f"{' '.join(kept.split()).strip('. ') or 'track'}{suffix}"


def nginx_address(name: object) -> str:
    """Where nginx finds this file of the media folder, "" when it is not in front."""
    prefix = settings.X_ACCEL_REDIRECT_PREFIX.rstrip("/")
    return f"{prefix}/{name}" if prefix else ""


def picture(path: Path) -> HttpResponseBase:
    """A WebP file of the media folder, whoever may see it."""
    if address := nginx_address(path.relative_to(settings.MEDIA_ROOT)):
        return HttpResponse(content_type="image/webp", headers={"X-Accel-Redirect": address})
    try:
        return FileResponse(path.open("rb"), content_type="image/webp")
    except OSError as error:
        raise Http404("No such picture.") from error


def stream(request: HttpRequest, audio: Audio) -> HttpResponseBase:
    """The track's audio, whole or in part."""
    response = _by_nginx(request, audio) if settings.X_ACCEL_REDIRECT_PREFIX else _by_ourselves(request, audio)
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = _inline(audio.title, audio.file)
    return response


@lru_cache(maxsize=1000)
def _inline(title: str, file: str) -> str:
    return f'inline; filename="{slugify(title) or "track"}{PurePath(file).suffix}"'


def _by_nginx(request: HttpRequest, audio: Audio) -> HttpResponseBase:
    etag = _etag(audio, audio.size_bytes)
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        content_type=CONTENT_TYPES[audio.format],
        headers={"X-Accel-Redirect": nginx_address(audio.file)},
    )
    response["ETag"] = etag
    return response


def _by_ourselves(request: HttpRequest, audio: Audio) -> HttpResponseBase:
    """Goes by the size of the file as it is now: one that belongs to somebody else may have changed on the disk."""
    try:
        file = (Path(settings.MEDIA_ROOT) / audio.file).open("rb")
    except OSError as error:
        raise Http404("The file of this track is not on the disk.") from error
    size_bytes = os.fstat(file.fileno()).st_size
    etag = _etag(audio, size_bytes)
    response = get_conditional_response(request, etag=etag) or _part(request, file, size_bytes, audio, etag)
    if not response.streaming:
        file.close()
    response["ETag"] = etag
    return response


def etag_now(audio: Audio) -> str:
    """What `stream` would say of the file as it lies on the disk."""
    if settings.X_ACCEL_REDIRECT_PREFIX:
        return _etag(audio, audio.size_bytes)
    try:
        return _etag(audio, (Path(settings.MEDIA_ROOT) / audio.file).stat().st_size)
    except OSError:
        return _etag(audio, audio.size_bytes)


def _etag(audio: Audio, size_bytes: int) -> str:
    """Another one when the file is no longer the one that was read, lest a player join parts of both."""
    return f'"{audio.sha256}"' if size_bytes == audio.size_bytes else f'"{audio.sha256}-{size_bytes}"'


def _part(request: HttpRequest, file: BinaryIO, size_bytes: int, audio: Audio, etag: str) -> HttpResponseBase:
    content_type = CONTENT_TYPES[audio.format]
    try:
        span = parse_range(_wanted_range(request, etag), size_bytes)
    except Unsatisfiable:
        unsatisfied = {"Content-Range": f"bytes */{size_bytes}"}
        return HttpResponse(status=416, headers=unsatisfied, content_type=content_type)
    return _from_disk(file, span, size_bytes, content_type)


def _wanted_range(request: HttpRequest, etag: str) -> str:
    """The Range header, unless If-Range says that the client holds another version of the file."""
    if_range = request.headers.get("If-Range")
    if if_range and parse_etags(if_range) != [etag]:
        return ""
    return request.headers.get("Range", "")


def _from_disk(file: BinaryIO, span: tuple[int, int] | None, size_bytes: int, content_type: str) -> FileResponse:
    if span is None:
        return FileResponse(FileSlice(file, 0, size_bytes), content_type=content_type)
    first, last = span
    return FileResponse(
        FileSlice(file, first, last - first + 1),
        status=206,
        content_type=content_type,
        headers={"Content-Range": f"bytes {first}-{last}/{size_bytes}"},
    )


class FileSlice(io.RawIOBase):
    """A part of a file that reads like a file of its own, so that the server can send it without holding a thread."""

    def __init__(self, file: BinaryIO, first: int, length: int) -> None:
        self.file = file
        self.first = first
        self.length = length
        self.seek(0)

    @property
    def position(self) -> int:
        """Where the next byte lies in the file itself."""
        return self.file.tell()

    def fileno(self) -> int:
        return self.file.fileno()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position - self.first

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self.length}[whence]
        return self.file.seek(self.first + start + offset) - self.first

    def read(self, size: int = -1) -> bytes:
        rest = max(0, self.length - self.tell())
        return self.file.read(rest if size < 0 else min(size, rest))

    def close(self) -> None:
        self.file.close()
        super().close()
