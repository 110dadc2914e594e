"""Passwords of links. Who gave the right one carries a signed cookie for that link alone, and no session."""

import hashlib

from django.contrib.auth.hashers import check_password
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from sharing import limits
from sharing.models import Share

SALT = "sharing.unlocked"
COOKIE_SECONDS = 12 * 60 * 60


def is_open(request: HttpRequest, share: Share) -> bool:
    if not share.password:
        return True
    said = request.get_signed_cookie(_cookie(share), "", salt=SALT, max_age=COOKIE_SECONDS) or ""
    return constant_time_compare(said, _mark(share))


def is_password(request: HttpRequest, share: Share, password: str) -> bool:
    """Raises RateLimited."""
    limits.count_password(request, share)
    if not check_password(password, share.password):
        return False
    limits.forget_passwords(request, share)
    return True


def let_in(request: HttpRequest, response: HttpResponseBase, share: Share, secret: str) -> None:
    response.set_signed_cookie(
        _cookie(share),
        _mark(share),
        salt=SALT,
        max_age=COOKIE_SECONDS,
        path=reverse("shared", args=[secret]),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def _cookie(share: Share) -> str:
    return f"share_{share.pk}"


def _mark(share: Share) -> str:
    """Of this password: the cookie of another one opens nothing."""
    return hashlib.sha256(share.password.encode()).hexdigest()[:32]
