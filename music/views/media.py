"""Bytes of tracks and covers, for those who may have them. The media folder itself is never served."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audio.generated import generated_cover
from music.access import track_to_hear
from music.files import cover_path
from music.streaming import stream

FOR_EVER = "private, max-age=31536000, immutable"


@login_not_required
@require_safe
def stream_track(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An <audio> element can do nothing with a redirect to the sign-in page, so strangers get a plain 401."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": _("Sign in to listen.")}, status=401)
    return stream(request, track_to_hear(request.user, pk))


@require_safe
def cover(request: HttpRequest, name: str, size: int) -> HttpResponseBase:
    try:
        file = cover_path(name, size).open("rb")
    except OSError as error:
        raise Http404("No such picture.") from error
    return FileResponse(file, content_type="image/webp", headers={"Cache-Control": FOR_EVER})


@require_safe
def generated(request: HttpRequest, seed: str) -> HttpResponse:
    return HttpResponse(generated_cover(seed), content_type="image/svg+xml", headers={"Cache-Control": FOR_EVER})
