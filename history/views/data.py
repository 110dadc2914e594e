"""One's data to take along."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from history.exports.keeping import order
from history.exports.listens import batches_of, csv_lines, json_lines
from history.models import AccountExport
from listening.store import Listen, StoreAway

State = AccountExport.State
Batches = Iterable[list[Listen]]


@require_safe
@never_cache
def data(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    export = AccountExport.objects.filter(user=user).order_by("-created_at").first()
    is_over = bool(export and export.expires_at and export.expires_at <= timezone.now())
    return render(request, "history/data.html", {"export": None if is_over else export})


@require_safe
def listens_json(request: HttpRequest) -> HttpResponseBase:
    return _download(request, json_lines, "listens.jsonl", "application/x-ndjson")


@require_safe
def listens_csv(request: HttpRequest) -> HttpResponseBase:
    return _download(request, csv_lines, "listens.csv", "text/csv; charset=utf-8")


@require_POST
def order_export(request: HttpRequest) -> HttpResponse:
    order(request.user)
    messages.success(request, _("Your data is being put together. This page will have the file in a moment."))
    return redirect("your_data")


@require_safe
def download_export(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    user: Any = request.user
    ready = AccountExport.objects.filter(user=user, state=State.READY, expires_at__gt=timezone.now())
    export = get_object_or_404(ready, pk=pk)
    try:
        file = export.path.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(file, as_attachment=True, filename=f"music-streamer-{export.user.get_username()}.zip")


def _download(
    request: HttpRequest, lines: Callable[[Batches], Iterator[str]], filename: str, content_type: str
) -> HttpResponseBase:
    """Streamed. When the store goes away in the middle the connection is cut, so that nobody takes it for whole."""
    user: Any = request.user
    batches = batches_of(user.pk)
    try:
        first = next(batches, [])
    except StoreAway:
        messages.error(request, _("Your history is out of reach for a moment. Try again soon."))
        return redirect("your_data")
    response = StreamingHttpResponse(lines(chain([first], batches)), content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename={filename}"
    return response
