"""Links that let people in: made, shown once, recognised by their hash, used up."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from users.models import CustomUser, Invitation, SignUpPolicy

MOST_OPEN = 20
TOKEN_BYTES = 16


class TooManyInvitations(Exception):
    """Revoke one first."""


def may_invite(user: Any) -> bool:
    """Who may add them in the administration, and the others if the policy lets them."""
    policy = SignUpPolicy.current()
    if policy.mode == SignUpPolicy.Mode.CLOSED:
        return False
    return policy.members_may_invite or user.has_perm("users.add_invitation")


def make_invitation(user: CustomUser, *, note: str, max_uses: int, days: int) -> tuple[Invitation, str]:
    """With the token to show, which nobody can find out later. Raises TooManyInvitations."""
    if open_invitations().filter(made_by=user).count() >= MOST_OPEN:
        raise TooManyInvitations
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = timezone.now() + timedelta(days=days)
    made = Invitation.objects.create(
        sha256=_sha256(token), made_by=user, note=note, max_uses=max_uses, expires_at=expires_at
    )
    return made, token


def open_invitations() -> QuerySet[Invitation]:
    """Those that still let somebody in: not those of people who may not sign in themselves."""
    still = Invitation.objects.filter(revoked_at=None, expires_at__gt=timezone.now(), uses__lt=F("max_uses"))
    return still.filter(made_by__is_active=True)


def is_open(token: str) -> bool:
    return bool(token) and open_invitations().filter(sha256=_sha256(token)).exists()


def use(token: str) -> bool:
    """Count one use; False if none is left, however many ask in the same moment."""
    return bool(token) and bool(open_invitations().filter(sha256=_sha256(token)).update(uses=F("uses") + 1))


def revoke(invitations: QuerySet[Invitation]) -> int:
    return invitations.filter(revoked_at=None).update(revoked_at=timezone.now())


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
