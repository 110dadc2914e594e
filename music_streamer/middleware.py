from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase


class BodilessHeadMiddleware:
    """Answer HEAD with the headers alone: waitress would send a file whatever the method."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method != "HEAD" or not response.streaming:
            return response
        response.close()
        return HttpResponse(status=response.status_code, headers=response.headers)
