"""The Content-Security-Policy of an answer is the one that django-csp writes, however it came about."""

from collections.abc import Callable
from typing import Any

import pytest
from csp.decorators import csp, csp_exempt, csp_replace, csp_update
from csp.exceptions import CSPNonceError
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from music_streamer.middleware import PolicyMiddleware

View = Callable[[Any], Any]
HEADER = "Content-Security-Policy"


def plain(request: Any) -> HttpResponse:
    return HttpResponse("")


def with_a_nonce(request: Any) -> HttpResponse:
    request._csp_nonce = "the-same-for-both"
    return HttpResponse(str(request.csp_nonce))


def with_a_header_of_its_own(request: Any) -> HttpResponse:
    return HttpResponse("", headers={HEADER: "default-src 'none'"})


@pytest.mark.parametrize(
    "view",
    [
        plain,
        with_a_nonce,
        with_a_header_of_its_own,
        csp_exempt()(plain),
        csp({"default-src": ["'none'"]})(plain),
        csp_update({"img-src": ["https://pictures.example"]})(plain),
        csp_replace({"img-src": ["https://pictures.example"]})(plain),
        csp_exempt(REPORT_ONLY=True)(plain),
    ],
)
@pytest.mark.parametrize("debug", [False, True])
def test_the_policy_is_the_one_that_django_csp_writes(view: View, settings: Any, debug: bool) -> None:
    settings.DEBUG = debug
    ours, theirs = (
        middleware(view)(RequestFactory().get("/")).headers for middleware in (PolicyMiddleware, CSPMiddleware)
    )
    assert ours == theirs


def test_a_nonce_that_is_asked_for_when_the_policy_is_written_is_an_error() -> None:
    def late(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(str(request.csp_nonce) for _ in range(1))  # type: ignore[attr-defined]

    answer = PolicyMiddleware(late)(RequestFactory().get("/"))
    with pytest.raises(CSPNonceError):
        list(answer)
