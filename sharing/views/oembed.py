"""oEmbed (https://oembed.com) for links of this site: who pastes one elsewhere sees what it is, or gets its player."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sharing import limits
from sharing.access import shown_by
from sharing.links import address
from sharing.unfurl import oembed as told_of
from sharing.views.visitor import for_anybody

ANY_SIZE = 100_000


@for_anybody
@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    if request.GET.get("format", "json") != "json":
        return JsonResponse({"error": _("Only JSON is offered here: format=json.")}, status=501)
    share = limits.share_sought(request, _secret_in(request.GET.get("url", "")))
    if share.password:
        return JsonResponse({"error": _("This link has a password.")}, status=401)
    most = (_size(request, "maxwidth"), _size(request, "maxheight"))
    return JsonResponse(told_of(shown_by(share), address(share), most))


def _secret_in(url: str) -> str:
    """Of an address of this site; other sites' and other pages' are 404."""
    site = urlsplit(settings.SITE_URL)
    try:
        parts = urlsplit(url)
        found = resolve(parts.path)
    except (ValueError, Resolver404) as error:
        raise Http404 from error
    if (parts.scheme, parts.netloc) != (site.scheme, site.netloc) or found.url_name not in ("shared", "shared_embed"):
        raise Http404
    return str(found.kwargs["secret"])


def _size(request: HttpRequest, name: str) -> int:
    """In pixels; nonsense is no limit."""
    said = request.GET.get(name, "")[:6]  # Python reads no more than 4,300 digits
    return int(said) if said.isascii() and said.isdecimal() and int(said) > 0 else ANY_SIZE
