"""Where somebody is signed in: noted in passing, listed, ended."""

from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from ua_parser import parse

from users.models import CustomUser, UserSession

# The page needs no better than this, and the database no write for each request.
USE_NOTED_AFTER = timedelta(minutes=5)
MOST_REMEMBERED = 10_000
_noted: dict[str, datetime] = {}  # by session key, in this process


class SessionUseMiddleware:
    """Notes that a session is used, every few minutes at most."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and _is_due(key) and request.user.is_authenticated:
            note_use(request, request.user)
        return self.get_response(request)


def note_use(request: HttpRequest, user: Any) -> None:
    """The session must be saved already. One that ends in this moment is not noted."""
    key = request.session.session_key or ""
    seen = {"user_id": user.pk, "last_used_at": timezone.now(), "network": _network(request), **_device(request)}
    try:
        with transaction.atomic():
            if not UserSession.objects.filter(session_id=key).update(**seen):
                UserSession.objects.create(session_id=key, **seen)
    except IntegrityError:
        return
    if len(_noted) >= MOST_REMEMBERED:
        _noted.clear()
    _noted[key] = seen["last_used_at"]


def sessions_of(user: CustomUser) -> list[UserSession]:
    """Those that still sign in, the last used first: not those of a former password."""
    current = _unexpired(user).select_related("session").order_by("-last_used_at", "-pk")
    return [each for each in current if _is_of_this_password(each.session, user)]


def end_sessions(sessions: QuerySet[UserSession]) -> int:
    """They are signed out at their next request. Returns how many there were."""
    _count, deleted = Session.objects.filter(pk__in=list(sessions.values_list("session_id", flat=True))).delete()
    return deleted.get("sessions.Session", 0)


def other_sessions(user: CustomUser, session_key: str | None) -> QuerySet[UserSession]:
    return UserSession.objects.filter(user=user).exclude(session_id=session_key)


def _unexpired(user: CustomUser) -> QuerySet[UserSession]:
    return UserSession.objects.filter(user=user, session__expire_date__gt=timezone.now())


def _is_of_this_password(session: Session, user: CustomUser) -> bool:
    known = session.get_decoded().get(HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(known, each) for each in hashes)


def _is_due(key: str) -> bool:
    noted_at = _noted.get(key)
    return noted_at is None or noted_at < timezone.now() - USE_NOTED_AFTER


def _device(request: HttpRequest) -> dict[str, str]:
    said = parse(request.headers.get("User-Agent", "")[:500])
    browser = said.user_agent.family if said.user_agent else ""
    system = said.os.family if said.os else ""
    return {"browser": browser[:60], "system": system[:60]}


def _network(request: HttpRequest) -> str:
    """Enough to tell home from abroad, too little to point at somebody."""
    try:
        address = ip_address(get_adapter(request).get_client_ip(request))
    except (PermissionDenied, ValueError):
        return ""
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))
