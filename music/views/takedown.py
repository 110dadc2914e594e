"""The page of a track that was taken down, for its uploader and for staff; and what its uploader may say to that."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from music.access import takedown_for, takedown_to_appeal
from music.forms import AppealForm
from music.models import Takedown


def taken_down(request: HttpRequest, pk: int, form: AppealForm | None = None) -> HttpResponse:
    takedown = takedown_for(request.user, pk)
    context = {
        "takedown": takedown,
        "track": takedown.track,
        "is_own": takedown.uploader_id == request.user.pk,
        "form": form or AppealForm(),
    }
    return render(request, "music/taken_down.html", context, status=422 if form else 200)


@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Once."""
    takedown = takedown_to_appeal(request.user, pk)
    form = AppealForm(request.POST)
    if not form.is_valid():
        return taken_down(request, pk, form)
    if _appeal(request.user, takedown, form.cleaned_data["appeal"]):
        messages.success(request, _("Your appeal is sent. You are told how it is decided."))
    else:
        messages.warning(request, _("You have appealed already, or it is decided."))
    return redirect("track", pk)


@transaction.atomic
def _appeal(user: Any, takedown: Takedown, text: str) -> bool:
    """Whether it was the first."""
    open_still = Takedown.objects.filter(pk=takedown.pk, outcome=Takedown.Outcome.STANDS, appealed_at=None)
    if not open_still.update(appeal=text, appealed_at=timezone.now()):
        return False
    LogEntry.objects.log_actions(user.pk, [takedown], CHANGE, _("Appealed."))
    return True
