"""Where one's listens are sent."""

import re
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from scrobbling import connecting
from scrobbling.forms import TokenForm
from scrobbling.models import Scrobble, Service, ServiceConnection
from scrobbling.offered import offered
from users.views import safe_next

LASTFM_TOKEN = re.compile(r"[\w-]{1,100}", re.ASCII)
DROPPED_SHOWN = 3


@require_safe
@never_cache
def services(request: HttpRequest) -> HttpResponse:
    return _page(request, TokenForm())


@require_safe
@never_cache
def service_state(request: HttpRequest, service: str) -> HttpResponse:
    """A card as it is now, for the page to put in place of its own."""
    _need(service)
    user: Any = request.user
    connection = ServiceConnection.objects.filter(user=user, service=service).first()
    context = _shown(request, TokenForm(), [_card(Service(service), connection)])
    return render(request, "scrobbling/_service.html", context)


@require_POST
def connect_listenbrainz(request: HttpRequest) -> HttpResponse:
    _need(Service.LISTENBRAINZ)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    connecting.connect(request.user, Service.LISTENBRAINZ, form.cleaned_data["token"])
    return redirect("services")


@require_safe
@never_cache
def lastfm_allowed(request: HttpRequest, state: str) -> HttpResponse:
    """Where Last.fm sends people back to, with a token that the worker exchanges for a key."""
    _need(Service.LASTFM)
    token = request.GET.get("token", "")
    if connecting.is_our_way_back(request.user, state) and LASTFM_TOKEN.fullmatch(token):
        connecting.connect(request.user, Service.LASTFM, token)
    else:
        messages.error(request, _("That way back from Last.fm is no longer valid. Press Connect once more."))
    return redirect("services")


@require_POST
def disconnect_service(request: HttpRequest, service: str) -> HttpResponse:
    if service not in Service.values:
        raise Http404
    if connecting.disconnect(request.user, service):
        messages.success(request, _("%s is disconnected.") % Service(service).label)
    return redirect("services")


@require_POST
def dismiss_service_notice(request: HttpRequest, service: str) -> HttpResponse:
    user: Any = request.user
    ServiceConnection.objects.filter(user=user, service=service).update(is_unread=False)
    return redirect(safe_next(request))


def _need(*wanted: str) -> None:
    if not set(wanted) & set(offered()):
        raise Http404


def _page(request: HttpRequest, form: TokenForm, status: int = 200) -> HttpResponse:
    _need(*Service.values)
    user: Any = request.user
    connections = {each.service: each for each in ServiceConnection.objects.filter(user=user)}
    cards = [_card(Service(service), connections.get(service)) for service in offered()]
    return render(request, "scrobbling/services.html", _shown(request, form, cards), status=status)


def _shown(request: HttpRequest, form: TokenForm, cards: list[dict[str, Any]]) -> dict[str, Any]:
    """`card`: the only one, where there is one."""
    return {
        "cards": cards,
        "card": cards[0],
        "form": form,
        "token_page": "https://listenbrainz.org/settings/" if _is_listenbrainz_itself() else "",
        "permission_url": _permission_url(request),
    }


def _card(service: Service, connection: ServiceConnection | None) -> dict[str, Any]:
    card: dict[str, Any] = {"service": service, "connection": connection, "is_busy": False}
    if connection is None:
        return card
    rows = Scrobble.objects.filter(connection=connection)
    dropped = rows.filter(state=Scrobble.State.DROPPED).order_by("-started_at")
    waiting = rows.filter(state=Scrobble.State.WAITING).count()
    is_refused = connection.state == ServiceConnection.State.REFUSED
    is_busy = connection.state == ServiceConnection.State.CONNECTING or (waiting > 0 and not is_refused)
    return {**card, "waiting": waiting, "dropped": dropped[:DROPPED_SHOWN], "is_busy": is_busy}


def _permission_url(request: HttpRequest) -> str:
    return connecting.lastfm_permission_url(request.user) if Service.LASTFM in offered() else ""


def _is_listenbrainz_itself() -> bool:
    return bool(settings.LISTENBRAINZ_URL == "https://api.listenbrainz.org")
