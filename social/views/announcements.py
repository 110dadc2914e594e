from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from social.models import Announcement, DismissedAnnouncement
from users.views import safe_next


@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    DismissedAnnouncement.objects.get_or_create(user=user, announcement=get_object_or_404(Announcement, pk=pk))
    return redirect(safe_next(request))
