"""Who gets an account, and who has to wait for it."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import translation

from users import invitations
from users.languages import language_of
from users.models import CustomUser, SignUpPolicy, SignUpRequest

INVITATION = "invitation"  # where the session keeps the token of the link that somebody followed


class NoInvitationLeft(Exception):
    """Somebody else took the last use in the same moment."""


def may_sign_up(request: HttpRequest) -> bool:
    mode = SignUpPolicy.current().mode
    if mode == SignUpPolicy.Mode.INVITATION:
        return invitations.is_open(_token(request))
    return mode != SignUpPolicy.Mode.CLOSED


def let_in(request: HttpRequest, user: CustomUser) -> None:
    """Let the new user in at once, or have them wait. Raises NoInvitationLeft; must be in the user's transaction."""
    mode = SignUpPolicy.current().mode
    is_invited = invitations.use(request.session.pop(INVITATION, ""))
    if mode == SignUpPolicy.Mode.INVITATION and not is_invited:
        raise NoInvitationLeft
    if mode == SignUpPolicy.Mode.APPROVAL and not is_invited:
        user.is_active = False
        user.save(update_fields=["is_active"])
        SignUpRequest.objects.create(user=user)


def approve(user: CustomUser) -> bool:
    """Let somebody in who waits, and tell them if there is mail. False if the mail could not be sent."""
    with transaction.atomic():
        SignUpRequest.objects.filter(user=user).delete()
        user.is_active = True
        user.save(update_fields=["is_active"])
    return tell(user, "approved")


def tell(user: CustomUser, what: str) -> bool:
    """By mail, if there is any. False if it could not be sent."""
    if not mail_is_configured():
        return True
    try:
        with translation.override(language_of(user)):
            get_adapter().send_mail(f"account/email/{what}", user.email, {"user": user})
    except OSError:  # so are the errors of smtplib
        return False
    return True


def mail_is_configured() -> bool:
    return "console" not in settings.EMAIL_BACKEND


def waits(user: Any) -> bool:
    return SignUpRequest.objects.filter(user=user).exists()


def _token(request: HttpRequest) -> str:
    return str(request.session.get(INVITATION, ""))
