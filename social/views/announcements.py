from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from social.models import Announcement, DismissedAnnouncement
from users.views import TURBO_STREAM, safe_next, takes_stream


@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a script can, only the announcement goes: what was typed on the page stays, and so does the page."""
    user: Any = request.user
    DismissedAnnouncement.objects.get_or_create(user=user, announcement=get_object_or_404(Announcement, pk=pk))
    if takes_stream(request):
        gone = f'<turbo-stream action="remove" target="announcement-{pk}"></turbo-stream>'
        return HttpResponse(gone, content_type=TURBO_STREAM)
    return redirect(safe_next(request))
