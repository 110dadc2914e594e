"""Tells whoever brought tracks in, by mail, what moderators have decided about them."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from music.models import Takedown
from users.forms import mail_is_sent
from users.languages import language_of
from users.models import CustomUser, Notification

logger = logging.getLogger(__name__)

LINES = 50


def mail_about_takedowns(user_id: int, kind: str, takedown_ids: list[int]) -> bool:
    """Whether it was sent: to an address that they have confirmed, and where mail is sent."""
    user = CustomUser.objects.filter(pk=user_id, is_active=True).select_related("profile").first()
    if user is None or not mail_is_sent():
        return False
    if not EmailAddress.objects.filter(user=user, email=user.email.lower(), verified=True).exists():
        return False
    takedowns = Takedown.objects.filter(uploader=user, pk__in=takedown_ids).order_by("pk")
    with translation.override(language_of(user)):
        count = takedowns.count()
        shown: dict[str, Any] = {"user": user, "kind": kind, "takedowns": takedowns[:LINES], "more": count - LINES}
        text = render_to_string("users/takedown_mail.txt", {**shown, "site": settings.SITE_URL})
        subject = _subject(kind, count)
    try:
        send_mail(subject, text, None, [user.email])
    except (OSError, SMTPException):
        logger.exception("A mail about a takedown could not be sent")
        return False
    return True


def _subject(kind: str, count: int) -> str:
    if kind == Notification.Kind.TAKEN_DOWN:
        taken = ngettext("A track of yours was taken down", "%(count)d tracks of yours were taken down", count)
        return taken % {"count": count}
    return _("Your track is back") if kind == Notification.Kind.PUT_BACK else _("Your appeal is decided")
