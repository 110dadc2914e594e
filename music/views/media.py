"""Bytes of tracks and covers, for those who may have them. The media folder itself is never served."""

from collections.abc import Callable
from functools import wraps
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.http import content_disposition_header, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag, require_safe

from audio.generated import generated_cover
from audio.waveform import waveform_svg
from music.access import track_to_hear
from music.files import cover_path
from music.models import Track, TrackWaveform
from music.streaming import file_name, picture, stream

A_DAY_SECONDS = 24 * 60 * 60
A_YEAR = "max-age=31536000, immutable"

Picture = Callable[..., HttpResponseBase]


def kept_for_ever(cache_control: str) -> Callable[[Picture], Picture]:
    """For an address that always means the same bytes: whoever has them need not ask again, and gets 304 if they do."""

    def decorator(view: Picture) -> Picture:
        tagged = etag(lambda request, **named: quote_etag(quote("-".join(map(str, named.values())))))(view)

        @wraps(view)
        def wrapper(request: HttpRequest, **named: Any) -> HttpResponseBase:
            response = tagged(request, **named)
            if response.status_code in (200, 304):
                response["Cache-Control"] = cache_control
            # Or it would vary by cookie, and every picture be fetched anew when the reader picks another theme.
            request.session.accessed = False
            return response

        return wrapper

    return decorator


@login_not_required
@require_safe
def stream_track(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An <audio> element can do nothing with a redirect to the sign-in page, so strangers get a plain 401.

    With `?download` it is the same file, to be saved under the names of the track.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"error": _("Sign in to listen.")}, status=401)
    audio = track_to_hear(request.user, pk)
    response = stream(request, audio)
    if "download" in request.GET:
        credited = Track.objects.with_credits().get(pk=audio.pk).credited
        name = f"{credited} - {audio.title}"
        response["Content-Disposition"] = content_disposition_header(True, file_name(name, PurePath(audio.file).suffix))
    return response


@require_safe
@kept_for_ever(f"private, {A_YEAR}")
def cover(request: HttpRequest, name: str, size: int) -> HttpResponseBase:
    return picture(cover_path(name, size))


@require_safe
@cache_control(private=True, max_age=A_DAY_SECONDS)
def waveform(request: HttpRequest, pk: int) -> HttpResponse:
    """The shape of the sound, to seek in; a line where it is not measured yet."""
    track = track_to_hear(request.user, pk)
    drawn = TrackWaveform.objects.filter(pk=track.pk).first()
    return HttpResponse(waveform_svg(bytes(drawn.bars) if drawn else b""), content_type="image/svg+xml")


@login_not_required
@require_safe
@kept_for_ever(f"public, {A_YEAR}")
def generated(request: HttpRequest, seed: str) -> HttpResponse:
    """Drawn from the address alone: there is nothing to hide."""
    return HttpResponse(generated_cover(seed), content_type="image/svg+xml")
