import re
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from music.access import track_to_hear
from music.streaming import stream
from users.device_sessions import listener_of

ADDRESS = re.compile(r"/stream/(\d{1,18})/", re.ASCII)


class SoundMiddleware:
    """Sends a piece of a track without what pages need, which takes twice as long: a player asks for many.

    Whatever is not as plain as that, strangers and faults included, goes on to the view of the same address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return _piece(request) or self.get_response(request)


def _piece(request: HttpRequest) -> HttpResponseBase | None:
    address = ADDRESS.fullmatch(request.path_info)
    if not address or request.method != "GET" or request.GET:
        return None
    listener = listener_of(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))
    try:
        return stream(request, track_to_hear(listener, int(address[1]))) if listener else None
    except Http404:
        return None
