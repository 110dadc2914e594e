from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import get_language_from_request

from users.languages import language_for


class SignInMiddleware(LoginRequiredMiddleware):
    """Looks nobody up for what is there for everyone; Django's own does so first."""

    def process_view(self, request: HttpRequest, view_func: Any, *arguments: Any) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, *arguments)


class InvalidFormMiddleware:
    """Answer 422 to a form that was not accepted: allauth says 200, and Turbo takes that for an error of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        shown = response.context_data or {}
        refused = any(getattr(shown.get(name), "errors", None) for name in ("form", "webauthn_form"))
        if request.method == "POST" and response.status_code == 200 and refused:
            response.status_code = 422
        return response


class WhoseMiddleware:
    """Tell with each page whose it is, "" for nobody's: the service worker hands out only what that person has kept.

    A page that is the same `for_anybody` looks at no session, and tells nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html") and not hasattr(response, "for_anybody")
        if response.status_code != 304 and is_page:
            response["X-User-Id"] = str(request.user.pk or "")
        return response


# The same for everybody: nobody is looked up for it, and any cache may keep it.
WORDLESS = ("/covers/", "/healthz/", "/sw.js", "/words/")
# For whoever has a link: who that is makes no difference, so nobody is looked up here either.
FOR_VISITORS = ("/s/", "/shared/", "/oembed/")


class LanguageMiddleware:
    """Speak the reader's language on every page, those of errors included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(WORDLESS):
            translation.activate(settings.LANGUAGE_CODE)
            return self.get_response(request)
        is_for_visitors = request.path.startswith(FOR_VISITORS)
        language = get_language_from_request(request) if is_for_visitors else language_for(request)
        translation.activate(language)  # until the next request: an answer may be written bit by bit
        response = self.get_response(request)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


class TimeZoneMiddleware:
    """Show every time of day in the reader's own zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(ZoneOfReader(request)):
            return self.get_response(request)


class ZoneOfReader(tzinfo):
    """The reader's time zone, for which nobody is looked up before a time is shown: pictures and sound show none."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def zone(self) -> tzinfo:
        user = self.request.user
        return zone_of(user.profile.time_zone) if user.is_authenticated else timezone.get_default_timezone()

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return self.zone.utcoffset(moment)

    def dst(self, moment: datetime | None) -> timedelta | None:
        return self.zone.dst(moment)

    def tzname(self, moment: datetime | None) -> str | None:
        return self.zone.tzname(moment)

    def fromutc(self, moment: datetime) -> datetime:
        return self.zone.fromutc(moment.replace(tzinfo=self.zone))

    def __str__(self) -> str:
        """Its name, which Django tells the database."""
        return str(self.zone)

    def __reduce__(self) -> tuple[Callable[[str], tzinfo], tuple[str]]:
        """A copy is the zone itself: a moment that outlives its request takes no request along."""
        return zone_of, (str(self),)


def zone_of(name: str) -> tzinfo:
    """The named zone, or UTC: the list of zones changes, and a name that fell out of it must lock nobody out."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
