"""What all addresses under /1/ have in common: tokens, limits, and errors as ListenBrainz tells them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from listening.store import BadEvent, StoreAway
from scrobbling.limits import PER_ADDRESS, PER_TOKEN, Usage, limiter
from scrobbling.models import DeviceToken
from scrobbling.submissions import Refused
from scrobbling.tokens import token_of

# Any page may ask, as it may ask ListenBrainz: it learns nothing without a token, and cookies are not looked at.
FOR_OTHER_SITES = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Expose-Headers": (
        "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-RateLimit-Reset-In"
    ),
    "Access-Control-Max-Age": "21600",
    "Cache-Control": "no-store",
}
REVOKED = "This token is not valid, or it was revoked."


class Problem(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Asking(NamedTuple):
    """Who asks: `text` is the token as it was sent, "" when there was none."""

    text: str
    token: DeviceToken | None

    @property
    def reader(self) -> Any:
        """Nobody without a token; raises Problem for one that is not valid."""
        return self.needed.user if self.text else AnonymousUser()

    @property
    def needed(self) -> DeviceToken:
        """Raises Problem."""
        if not self.text:
            raise Problem(401, "Send a header “Authorization: Token” with the token of this device.")
        if self.token is None:
            raise Problem(401, REVOKED)
        return self.token


def endpoint(
    method: str, *, or_in_query: bool = False
) -> Callable[[Callable[..., dict[str, Any]]], Callable[..., HttpResponse]]:
    """A view that answers JSON to one method. The session's cookie is never looked at, so nothing can be forged.

    `or_in_query`: the token may be in the address, as old players send it to have it looked at.
    """
    allowed = (method, "HEAD", "OPTIONS") if method == "GET" else (method, "OPTIONS")
    methods = ", ".join(allowed)

    def decorated(view: Callable[..., dict[str, Any]]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @login_not_required
        @wraps(view)
        def wrapper(request: HttpRequest, **named: Any) -> HttpResponse:
            if request.method == "OPTIONS":
                response = HttpResponse(status=204, headers={"Allow": methods})
            elif request.method not in allowed:
                response = _error(405, f"Use {method} here.")
                response["Allow"] = methods
            else:
                text = _token_in(request) or (request.GET.get("token", "") if or_in_query else "")
                response = _limited(request, text, lambda asking: view(request, asking, **named))
            for name, value in {**FOR_OTHER_SITES, "Access-Control-Allow-Methods": methods}.items():
                response[name] = value
            return response

        return wrapper

    return decorated


def _limited(request: HttpRequest, text: str, answer: Callable[[Asking], dict[str, Any]]) -> HttpResponse:
    token = token_of(text) if text else None
    usage = limiter.use(token.sha256, PER_TOKEN) if token else limiter.use(_address(request), PER_ADDRESS)
    if usage.is_over:
        response: HttpResponse = _error(429, "Too many requests: see the X-RateLimit headers.")
        response["Retry-After"] = str(usage.resets_in)
    else:
        response = _answered(answer, Asking(text, token))
    return _with_limits(response, usage)


def _answered(answer: Callable[[Asking], dict[str, Any]], asking: Asking) -> JsonResponse:
    try:
        return JsonResponse(answer(asking))
    except Problem as problem:
        return _error(problem.status, str(problem))
    except (Refused, BadEvent) as error:
        return _error(400, str(error))
    except StoreAway:
        return _error(503, "The listening history is out of reach for a moment. Try again soon.")


def _token_in(request: HttpRequest) -> str:
    words = request.headers.get("Authorization", "").split()
    return words[-1] if words else ""


def _address(request: HttpRequest) -> str:
    return str(get_adapter(request).get_client_ip(request))


def _with_limits(response: HttpResponse, usage: Usage) -> HttpResponse:
    response["X-RateLimit-Limit"] = str(usage.limit)
    response["X-RateLimit-Remaining"] = str(usage.remaining)
    response["X-RateLimit-Reset"] = str(usage.resets_at)
    response["X-RateLimit-Reset-In"] = str(usage.resets_in)
    return response


def _error(status: int, message: str) -> JsonResponse:
    return JsonResponse({"code": status, "error": message}, status=status)
