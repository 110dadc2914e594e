from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from music.access import track_for
from music.models import Track


@require_safe
def track(request: HttpRequest, pk: int) -> HttpResponse:
    track = track_for(request.user, pk)
    more = Track.objects.visible_to(request.user).filter(artist=track.artist).exclude(pk=pk)
    return render(request, "music/track.html", {"track": track, "more": more.with_credits().order_by("-pk")[:6]})
