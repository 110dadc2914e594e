"""Uploads that survive a cut line: tus 1.0 with creation, termination, expiration and checksum."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import PurePosixPath
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _

from music.models import Genre, Track
from uploads import receiving, tus
from uploads.access import may_upload
from uploads.models import Upload
from uploads.receiving import Busy, Gone, NoRoom, Readable, TooLarge, WrongOffset
from uploads.room import full_disk_is_no_room
from uploads.sidecars import folder_key
from uploads.tus import TusError

View = Callable[..., HttpResponse]


def speaks_tus(**methods: View) -> View:
    """A view that answers each method by its function; every answer, a refusal too, carries the protocol's headers."""

    @login_not_required
    def view(request: HttpRequest, **arguments: UUID) -> HttpResponse:
        try:
            response = _answering(request, methods)(request, **arguments)
        except TusError as error:
            response = JsonResponse({"error": str(error)}, status=error.status, headers=error.headers)
        if response.status_code == tus.CHECKSUM_MISMATCH:
            response.reason_phrase = "Checksum Mismatch"
        response["Tus-Resumable"] = tus.VERSION
        response["Cache-Control"] = "no-store"
        return response

    return view


def _answering(request: HttpRequest, methods: dict[str, View]) -> View:
    if not (method := methods.get(str(request.method))):
        raise TusError(405, _("This address does not answer that."), {"Allow": ", ".join(methods)})
    if request.method == "OPTIONS":
        return method
    if not request.user.is_authenticated:
        raise TusError(401, _("Sign in to upload."))
    if request.headers.get("Tus-Resumable") != tus.VERSION:
        raise TusError(412, _("Only tus %s is spoken here.") % tus.VERSION, {"Tus-Version": tus.VERSION})
    return method


def says_what_is_wrong(view: View) -> View:
    """Turns what receiving refuses into the protocol's status codes."""

    @wraps(view)
    def wrapper(request: HttpRequest, **arguments: UUID) -> HttpResponse:
        try:
            return view(request, **arguments)
        except NoRoom as error:
            raise TusError(507, str(error)) from error
        except TooLarge as error:
            raise TusError(413, str(error)) from error
        except WrongOffset as error:
            raise TusError(409, str(error), {"Upload-Offset": str(error.expected)}) from error
        except Busy as error:
            raise TusError(423, _("Another request writes this upload.")) from error
        except Gone as error:
            raise TusError(410, _("This upload is no longer open.")) from error
        except UnreadablePostError as error:
            raise TusError(400, _("The request ended too early.")) from error

    return wrapper


def _options(request: HttpRequest, **_upload: UUID) -> HttpResponse:
    headers = {
        "Tus-Version": tus.VERSION,
        "Tus-Extension": tus.EXTENSIONS,
        "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES),
        "Tus-Checksum-Algorithm": ",".join(tus.CHECKSUMS),
    }
    return HttpResponse(status=204, headers=headers)


@says_what_is_wrong
def _create(request: HttpRequest) -> HttpResponse:
    if not may_upload(request.user):
        raise TusError(403, _("Your account is for listening: it may not upload."))
    if "Upload-Defer-Length" in request.headers or "Upload-Concat" in request.headers:
        raise TusError(400, _("An upload must say how long it is, and come as one."))
    size_bytes = tus.number(request.headers.get("Upload-Length"), "Upload-Length")
    pairs = tus.metadata(request.headers.get("Upload-Metadata", ""))
    filename, visibility, genre = _filename(pairs), _visibility(pairs), _genre(pairs)
    folder = folder_key(tus.text(pairs, "folder"))
    try:
        upload = receiving.begin(
            request.user, filename, size_bytes, visibility=visibility, fallback_genre=genre, folder=folder
        )
    except TooLarge:
        raise
    except ValueError as error:
        raise TusError(400, str(error)) from error
    return HttpResponse(status=201, headers={"Location": reverse("tus_upload", args=[upload.pk]), **_expiry(upload)})


def _filename(pairs: dict[str, bytes]) -> str:
    """Only the name: some clients send the folders before it."""
    return PurePosixPath(tus.text(pairs, "filename").replace("\\", "/")).name


def _visibility(pairs: dict[str, bytes]) -> str:
    visibility = tus.text(pairs, "visibility") or Track.Visibility.PUBLIC
    if visibility not in Track.Visibility.values:
        raise TusError(400, _("visibility may be one of: %s.") % ", ".join(Track.Visibility.values))
    return visibility


def _genre(pairs: dict[str, bytes]) -> Genre | None:
    if not (slug := tus.text(pairs, "genre")):
        return None
    if "\0" in slug or not (genre := Genre.objects.to_choose_from().filter(slug=slug).first()):
        raise TusError(400, _("There is no such genre."))
    return genre


@says_what_is_wrong
def _tell(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    upload = _own(request, upload_id)
    headers = {"Upload-Offset": str(receiving.arrived_bytes(upload)), "Upload-Length": str(upload.size_bytes)}
    return HttpResponse(status=200, headers={**headers, **_expiry(upload)})


@says_what_is_wrong
def _append(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    if request.content_type != tus.CHUNK_TYPE:
        raise TusError(415, _("A chunk's type must be %s.") % tus.CHUNK_TYPE)
    upload = _own(request, upload_id)
    offset = tus.number(request.headers.get("Upload-Offset"), "Upload-Offset")
    length = tus.number(request.headers.get("Content-Length"), "Content-Length")
    with _trusted(request, upload) as chunk:
        arrived = receiving.append(upload, offset, chunk, length)
    return HttpResponse(status=204, headers={"Upload-Offset": str(arrived), **_expiry(upload)})


@contextmanager
def _trusted(request: HttpRequest, upload: Upload) -> Iterator[Readable]:
    """The chunk's bytes; where the client says what they add up to, not one of them is passed on before they do."""
    promised = tus.checksum(request.headers.get("Upload-Checksum"))
    if promised is None:
        yield request
        return
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as chunk:
        try:
            with full_disk_is_no_room():
                while block := request.read(receiving.BLOCK_BYTES):
                    promised.update(block)
                    chunk.write(block)
                chunk.seek(0)
        except NoRoom:
            receiving.discard(upload)
            raise
        if not promised.holds():
            raise TusError(tus.CHECKSUM_MISMATCH, _("The chunk was damaged on its way. Send it again."))
        yield chunk


@says_what_is_wrong
def _cancel(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    receiving.cancel(_own(request, upload_id))
    return HttpResponse(status=204)


def _own(request: HttpRequest, upload_id: UUID) -> Upload:
    upload = Upload.objects.filter(pk=upload_id, user_id=request.user.pk).first()
    if upload is None:
        raise TusError(404, _("There is no such upload of yours."))
    if upload.state == Upload.State.RECEIVING and receiving.expires_at(upload) < timezone.now():
        raise Gone
    return upload


def _expiry(upload: Upload) -> dict[str, str]:
    if upload.state != Upload.State.RECEIVING:
        return {}
    return {"Upload-Expires": http_date(receiving.expires_at(upload).timestamp())}


tus_uploads = speaks_tus(OPTIONS=_options, POST=_create)
tus_upload = speaks_tus(OPTIONS=_options, HEAD=_tell, PATCH=_append, DELETE=_cancel)
