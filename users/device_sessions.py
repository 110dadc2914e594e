"""Where somebody is signed in: noted in passing, listed, ended."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

from allauth.account.adapter import get_adapter
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from ua_parser import parse

from music.compiled import Compiled, compiled
from users.models import CustomUser, UserSession
from users.sessions import KEY, NOW, asked_at, moment

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


class Listener(NamedTuple):
    """Somebody who is signed in, without all that pages need to know of them."""

    pk: int
    is_staff: bool
    is_authenticated: bool = True


def listener_of(session_key: str) -> Listener | None:
    """Who is signed in there, in one question. None: nobody, or what only a whole request can tell or has to note."""
    if _is_due(session_key):
        return None
    known = {KEY: session_key, asked_at(): moment(timezone.now())}
    for user_id, is_staff, password, data in _signed_in().rows(known):
        if _is_of(data, user_id, password):
            return Listener(user_id, bool(is_staff))
    return None


@cache
def _signed_in() -> Compiled:
    current = UserSession.objects.filter(session_id=KEY, session__expire_date__gt=NOW, user__is_active=True)
    return compiled(current.values_list("user_id", "user__is_staff", "user__password", "session__session_data"))


@lru_cache(maxsize=MOST_REMEMBERED)
def _is_of(session_data: str, user_id: int, password: str) -> bool:
    """As Django's `get_user` checks it. The answer depends on nothing else, so it is reckoned once."""
    session = Session(session_data=session_data)
    is_theirs = session.get_decoded().get(SESSION_KEY) == str(user_id)
    return is_theirs and _is_of_this_password(session, CustomUser(password=password))


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
