"""Which bytes of a track to send: Range and validators as RFC 9110 has them, or X-Accel-Redirect for nginx."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from django.utils.text import slugify

from music.models import Track

CONTENT_TYPES = {"mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav"}
BLOCK_BYTES = 64 * 1024
ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


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


def stream(request: HttpRequest, track: Track) -> HttpResponseBase:
    """The track's audio, whole or in part."""
    etag = f'"{track.sha256}"'
    response = get_conditional_response(request, etag=etag) or _audio(request, track, etag)
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = f'inline; filename="{slugify(track.title) or "track"}{track.file_extension}"'
    return response


def _audio(request: HttpRequest, track: Track, etag: str) -> HttpResponseBase:
    content_type = CONTENT_TYPES[track.format]
    if settings.X_ACCEL_REDIRECT_PREFIX:
        return HttpResponse(
            content_type=content_type,
            headers={"X-Accel-Redirect": f"{settings.X_ACCEL_REDIRECT_PREFIX.rstrip('/')}/{track.file.name}"},
        )
    try:
        file = Path(track.file.path).open("rb")  # noqa: SIM115 the response closes it
    except OSError as error:
        raise Http404("The file of this track is not on the disk.") from error
    return _from_disk(file, _wanted_range(request, etag), track.size_bytes, content_type)


def _wanted_range(request: HttpRequest, etag: str) -> str:
    """The Range header, unless If-Range says that the client holds another version of the file."""
    if_range = request.headers.get("If-Range")
    if request.method not in {"GET", "HEAD"} or (if_range and parse_etags(if_range) != [etag]):
        return ""
    return request.headers.get("Range", "")


def _from_disk(file: BinaryIO, wanted: str, size_bytes: int, content_type: str) -> HttpResponseBase:
    try:
        span = parse_range(wanted, size_bytes)
    except Unsatisfiable:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size_bytes}"}, content_type=content_type)
    if span is None:
        return FileResponse(file, content_type=content_type)
    first, last = span
    response = StreamingHttpResponse(FileSlice(file, first, last), status=206, content_type=content_type)
    response["Content-Range"] = f"bytes {first}-{last}/{size_bytes}"
    response["Content-Length"] = str(last - first + 1)
    return response


class FileSlice:
    """The bytes `first` to `last` of a file, a block at a time; closed with the response."""

    def __init__(self, file: BinaryIO, first: int, last: int) -> None:
        self.file = file
        self.first = first
        self.length = last - first + 1

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(self.first)
        left = self.length
        while left > 0 and (block := self.file.read(min(BLOCK_BYTES, left))):
            left -= len(block)
            yield block

    def close(self) -> None:
        self.file.close()
