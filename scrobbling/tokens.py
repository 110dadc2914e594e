"""Tokens of devices: made, shown once, recognised by their hash."""

import hashlib
import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from scrobbling.models import DeviceToken
from users.models import CustomUser

MAX_TOKENS = 20
# Of a device that plays all day, the page needs no better than this, and the database no write for each request.
USE_NOTED_AFTER = timedelta(minutes=1)


class TooManyTokens(Exception):
    """Revoke one first."""


def make_token(user: Any, name: str) -> tuple[DeviceToken, str]:
    """With the text to show, which nobody can find out later. Raises TooManyTokens."""
    # Like ListenBrainz' own a UUID, for which some players ask: 122 random bits, too many to guess.
    text = str(uuid.uuid4())
    with transaction.atomic():
        CustomUser.objects.select_for_update().get(pk=user.pk)
        if DeviceToken.objects.filter(user=user).count() >= MAX_TOKENS:
            raise TooManyTokens
        return DeviceToken.objects.create(user=user, name=name, sha256=_sha256(text)), text


def token_of(text: str) -> DeviceToken | None:
    """With its user and their profile; None for what was never a token, is revoked, or is of a closed account."""
    tokens = DeviceToken.objects.select_related("user__profile").filter(sha256=_sha256(text), user__is_active=True)
    token = tokens.first()
    if token:
        _note_use(token)
    return token


def _note_use(token: DeviceToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - USE_NOTED_AFTER:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_AFTER)
        DeviceToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
