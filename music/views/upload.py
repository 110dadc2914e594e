from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from music.forms import UploadForm
from music.models import Track
from music.uploads import Incoming, UploadResult, receive

SESSION_KEY = "last_upload"


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Several files at once, one verdict each. What is good is kept even when a neighbour is refused."""
    if request.method != "POST":
        return _page(request, UploadForm(), _recall(request))
    form = UploadForm(request.POST, request.FILES)
    results = list(_oversize(request))
    if form.is_valid():
        results += receive(
            request.user,
            [Incoming(Path(file.temporary_file_path()), file.name) for file in form.cleaned_data["file"]],
            visibility=form.cleaned_data["visibility"],
            fallback_genres=[genre] if (genre := form.cleaned_data["genre"]) else [],
        )
    elif results:
        form.errors.pop("file", None)
    for result in results:
        if result.state == "refused":
            form.add_error(None, f"{result.filename}: {result.message}")
    if form.errors:
        return _page(request, form, results, status=422)
    _remember(request, results)
    return redirect("upload")


def _page(request: HttpRequest, form: UploadForm, results: list[UploadResult], status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "results": results,
        "summary": _summary(results),
        "max_size": _in_megabytes(settings.UPLOAD_MAX_BYTES),
        "max_request_size": _in_megabytes(settings.UPLOAD_MAX_REQUEST_BYTES),
        "max_file_bytes": settings.UPLOAD_MAX_BYTES,
        "max_request_bytes": settings.UPLOAD_MAX_REQUEST_BYTES,
        "max_files": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
    }
    return render(request, "music/upload.html", context, status=status)


def _summary(results: list[UploadResult]) -> str:
    added = sum(result.state == "added" for result in results)
    if not added:
        return _("Nothing was added")
    return ngettext("%d track added", "%d tracks added", added) % added


def _in_megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1024**2:g} MB"


def _oversize(request: HttpRequest) -> Iterator[UploadResult]:
    for name in getattr(request, "oversize_uploads", []):
        message = _("This file is larger than %s. Split it or export it at a lower bitrate.")
        yield UploadResult(name, "refused", message % _in_megabytes(settings.UPLOAD_MAX_BYTES))


def _remember(request: HttpRequest, results: list[UploadResult]) -> None:
    """Carry the verdicts over the redirect, so that a reload sends nothing twice."""
    request.session[SESSION_KEY] = [[r.filename, r.state, r.message, r.track and r.track.pk] for r in results]


def _recall(request: HttpRequest) -> list[UploadResult]:
    rows: list[list[Any]] = request.session.pop(SESSION_KEY, [])
    tracks = Track.objects.visible_to(request.user).with_credits().in_bulk([row[3] for row in rows])
    return [UploadResult(name, state, message, tracks.get(pk)) for name, state, message, pk in rows]
