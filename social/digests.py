"""A mail each week with what somebody has not read and was not sent before: for those who asked for it, to an address
that they have confirmed, and where mail is sent.
"""

import logging
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from listening.lease import lease
from social.models import WeeklyDigest
from users.forms import mail_is_sent
from users.languages import language_of
from users.models import CustomUser, Notification
from users.notifications import notifications_of

logger = logging.getLogger(__name__)

WEEK = timedelta(days=7)
LINES = 20
AT_ONCE = 50


def send_digests_due() -> int:
    """How many were sent. Who has nothing to read gets no mail."""
    if not mail_is_sent():
        return 0
    with lease("digests") as held:
        return sum(_send(user) for user in _due()) if held else 0


def _due() -> list[CustomUser]:
    lately = WeeklyDigest.objects.filter(user=OuterRef("pk"), sent_at__gt=timezone.now() - WEEK)
    unread = Notification.objects.filter(_is_news(), user=OuterRef("pk"))
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), email=Lower(OuterRef("email")), verified=True)
    wanted = CustomUser.objects.filter(
        ~Exists(lately), Exists(unread), Exists(confirmed), is_active=True, profile__weekly_digest=True
    )
    return list(wanted.select_related("profile").order_by("pk")[:AT_ONCE])


def _is_news() -> Q:
    sent = WeeklyDigest.objects.filter(user=OuterRef("user"), sent_at__gte=OuterRef("told_at"))
    return Q(~Exists(sent), is_read=False)


def _send(user: Any) -> bool:
    """Noted first: rather no mail than one every hour."""
    told = list(notifications_of(user).filter(_is_news())[:LINES])
    WeeklyDigest.objects.update_or_create(user=user, defaults={"sent_at": timezone.now()})
    if not told:
        return False
    shown = {"user": user, "notifications": told, "site": settings.SITE_URL}
    with translation.override(language_of(user)):
        subject, text = _("What is new on Music Streamer"), render_to_string("social/digest.txt", shown)
    try:
        send_mail(subject, text, None, [user.email])
    except (OSError, SMTPException):
        logger.exception("A digest could not be sent")
        return False
    return True
