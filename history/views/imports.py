"""Listens from other services: a file is sent, looked over, and taken in or not."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from history.forms import ImportForm
from history.imports import keeping
from history.imports.rows import Refused
from history.imports.words import shown
from history.models import ListenImport
from uploads.room import NoRoom, disk_is_full

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest) -> HttpResponse:
    """The form, and below it what has become of the files."""
    if request.method != "POST":
        return _page(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    trouble = _dropped(request)
    if trouble:
        form.errors.pop("file", None)
    elif form.is_valid():
        trouble = _take(request.user, form.cleaned_data["file"])
    if trouble:
        form.add_error("file", trouble)
    return _page(request, form, status=422) if form.errors else redirect("import_listens")


@never_cache
@require_safe
def import_states(request: HttpRequest) -> HttpResponse:
    """The list as it is now, for the page to put in place of its own."""
    return render(request, "history/_imports.html", _list(request.user))


@require_POST
def import_start(request: HttpRequest, pk: UUID) -> HttpResponse:
    keeping.start(_own(request, pk))
    return redirect("import_listens")


@require_POST
def import_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    keeping.undo(_own(request, pk))
    return redirect("import_listens")


@require_POST
def import_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From the list; what it brought stays."""
    keeping.remove(_own(request, pk))
    return redirect("import_listens")


def _own(request: HttpRequest, pk: UUID) -> ListenImport:
    return get_object_or_404(ListenImport, user_id=request.user.pk, pk=pk)


def _take(user: Any, file: Any) -> str:
    """Why it could not be taken in, "" when it was."""
    try:
        keeping.take(user, Path(file.temporary_file_path()), file.name)
    except (Refused, NoRoom) as error:
        return str(error)
    return ""


def _dropped(request: HttpRequest) -> str:
    """A file that was let go while the request was read."""
    if getattr(request, "oversize_uploads", []):
        return _("This file is larger than %s. Send the parts of the export one by one.") % _max_size()
    return disk_is_full() if getattr(request, "unstored_uploads", []) else ""


def _max_size() -> str:
    return f"{settings.UPLOAD_MAX_BYTES / 1024**2:g} MB"


def _page(request: HttpRequest, form: ImportForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "max_size": _max_size(), **_list(request.user)}
    return render(request, "history/import.html", context, status=status)


def _list(user: Any) -> dict[str, Any]:
    jobs = list(ListenImport.objects.filter(user_id=user.pk).order_by("-created_at")[:SHOWN])
    return {"imports": [shown(job) for job in jobs], "is_busy": any(job.is_busy for job in jobs)}
