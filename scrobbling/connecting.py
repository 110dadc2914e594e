"""What a user decides about their connections. Nothing here asks a service: the worker does, soon."""

import hashlib
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse

from scrobbling.models import Service, ServiceConnection
from scrobbling.sealing import seal

LASTFM_URL = "https://www.last.fm/api/auth/"
SALT = "scrobbling.lastfm"
STATE_SECONDS = 3600

State = ServiceConnection.State


def connect(user: Any, service: str, secret: str) -> None:
    """Anew, when there was a connection before: what waits is sent by the new one."""
    fresh = {
        "state": State.CONNECTING,
        "sealed": seal(secret),
        "trouble": "",
        "failures": 0,
        "next_try_at": None,
        "is_unread": False,
    }
    ServiceConnection.objects.update_or_create(user=user, service=service, defaults=fresh)


def disconnect(user: Any, service: str) -> bool:
    """With all that waits; whether there was something to disconnect."""
    return ServiceConnection.objects.filter(user=user, service=service).delete()[0] > 0


def lastfm_permission_url(user: Any) -> str:
    """Where they allow this site to scrobble for them: https://www.last.fm/api/webauth

    Its way back is good for an hour, for this user, and until something is connected by it.
    """
    state = signing.dumps([user.pk, _fingerprint(user)], salt=SALT)
    callback = settings.SITE_URL + reverse("lastfm_allowed", args=[state])
    return f"{LASTFM_URL}?{urlencode({'api_key': settings.LASTFM_API_KEY, 'cb': callback})}"


def is_our_way_back(user: Any, state: str) -> bool:
    """Whether this user set out from here: a link of somebody else's would connect them to a stranger's account."""
    try:
        return bool(signing.loads(state, salt=SALT, max_age=STATE_SECONDS) == [user.pk, _fingerprint(user)])
    except signing.BadSignature:
        return False


def _fingerprint(user: Any) -> str:
    """Of the connection as it is now: going back to the address from Last.fm must not connect a second time."""
    sealed = ServiceConnection.objects.filter(user=user, service=Service.LASTFM).values_list("sealed", flat=True)
    return hashlib.sha256("".join(sealed).encode()).hexdigest()[:16]
