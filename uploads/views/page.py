"""The upload page: the form, and below it what has become of the files."""

from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from uploads import quotas
from uploads.access import may_upload
from uploads.current import clear, current_of, take_back
from uploads.forms import UploadForm
from uploads.models import Upload
from uploads.receiving import Busy, Gone, NoRoom, cancel, take_file
from uploads.room import disk_is_full
from uploads.sidecars import kind_of, without_track


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Several files at once. Each is checked in the background; what cannot even be taken in is said at once."""
    if request.method != "POST" or not may_upload(request.user):
        return _page(request, UploadForm(), status=403 if request.method == "POST" else 200)
    form = UploadForm(request.POST, request.FILES)
    troubles = _dropped(request)
    if form.is_valid():
        troubles += _take(request.user, form.cleaned_data)
    elif troubles:
        form.errors.pop("file", None)
    for trouble in troubles:
        form.add_error(None, trouble)
    return _page(request, form, status=422) if form.errors else redirect("upload")


@never_cache
@require_safe
def states(request: HttpRequest) -> HttpResponse:
    """The list as it is now, for the page to put in place of its own."""
    return render(request, "uploads/_states.html", _list(request))


@require_POST
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back a file that is still on its way, or clear it from the list when it is settled."""
    upload = get_object_or_404(Upload, user_id=request.user.pk, pk=pk)
    if upload.state == Upload.State.RECEIVING:
        with suppress(Busy, Gone):
            cancel(upload)
    else:
        take_back(upload)
        clear(Upload.objects.filter(pk=pk))
    return redirect("upload")


@require_POST
def clear_settled(request: HttpRequest) -> HttpResponse:
    clear(Upload.objects.filter(user_id=request.user.pk))
    return redirect("upload")


def _take(user: Any, data: dict[str, Any]) -> list[str]:
    """What could not be taken in, and why. What is sent at once counts as one folder: covers and lyrics come first."""
    about = {"visibility": data["visibility"], "fallback_genre": data["genre"], "folder": uuid4().hex}
    files = sorted(data["file"], key=lambda file: kind_of(file.name) == Upload.Kind.MUSIC)
    alone = without_track([file.name for file in files])
    troubles = [_("%(name)s was left out: no track needs it.") % {"name": name} for name in alone]
    for file in (file for file in files if file.name not in alone):
        path = Path(file.temporary_file_path())
        try:
            take_file(user, path, file.name, **about)
        except (NoRoom, ValueError) as error:
            troubles.append(f"{file.name}: {error}")
    return troubles


def _dropped(request: HttpRequest) -> list[str]:
    """Files that were let go while the request was read."""
    too_large = _("This file is larger than %s. Split it or export it at a lower bitrate.")
    too_large %= _in_megabytes(settings.UPLOAD_MAX_BYTES)
    troubles = [f"{name}: {too_large}" for name in getattr(request, "oversize_uploads", [])]
    troubles += [f"{name}: {disk_is_full()}" for name in getattr(request, "unstored_uploads", [])]
    return troubles + _too_many(getattr(request, "surplus_uploads", []))


def _too_many(left_out: list[str]) -> list[str]:
    if not left_out:
        return []
    words = ngettext(
        "%(name)s was left out: %(most)d files are taken at once. Send it now.",
        "%(count)d files were left out, from %(name)s on: %(most)d files are taken at once. Send them now.",
        len(left_out),
    )
    return [words % {"count": len(left_out), "name": left_out[0], "most": settings.UPLOAD_MAX_FILES}]


def _page(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "may_upload": may_upload(request.user),
        "usage": quotas.usage_shown(request.user),
        "max_size": _in_megabytes(settings.UPLOAD_MAX_BYTES),
        "max_request_size": _in_megabytes(settings.UPLOAD_MAX_REQUEST_BYTES),
        "max_file_bytes": settings.UPLOAD_MAX_BYTES,
    }
    return render(request, "uploads/upload.html", context | _list(request), status=status)


def _list(request: HttpRequest) -> dict[str, Any]:
    after = request.GET.get("after", "")
    current = current_of(request.user, after)
    return {"current": current, "page": current.page, "is_first_page": not after}


def _in_megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1024**2:g} MB"
