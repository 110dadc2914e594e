from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from music.access import track_to_report
from music.forms import ReportForm
from music.models import TrackReport


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell staff that something is wrong with a track. Whoever has an open report changes that one."""
    track = track_to_report(request.user, pk)
    mine: dict[str, Any] = {"track": track, "reporter": request.user, "resolved_at": None}
    earlier = TrackReport.objects.filter(**mine).first()
    form = ReportForm(request.POST or None, instance=earlier or TrackReport())
    if not form.is_valid():
        context = {"form": form, "track": track, "earlier": earlier}
        return render(request, "music/report.html", context, status=422 if form.is_bound else 200)
    TrackReport.objects.update_or_create(**mine, defaults=form.cleaned_data)
    messages.success(request, _("Thank you. Somebody will look at it."))
    return redirect(track)
