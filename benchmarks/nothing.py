"""The product with one more address: a view that does nothing, to compare others with.

It stands behind the same middleware as every view: session, sign-in, CSRF check and all the rest.
"""

from django.http import HttpRequest, JsonResponse
from django.urls import include, path

from music_streamer.urls import handler500

__all__ = ["ADDRESS", "NOTHING", "handler500", "urlpatterns"]

NOTHING, ADDRESS = "a view that does nothing", "/nothing/"


def nothing(request: HttpRequest) -> JsonResponse:
    return JsonResponse({})


urlpatterns = [path("", include("music_streamer.urls")), path(ADDRESS[1:], nothing)]
