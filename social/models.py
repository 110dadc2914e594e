from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from music.models import Track


class NowListening(models.Model):
    """What somebody who shows it plays at this moment, for as long as the track lasts."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    track = models.ForeignKey(Track, models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.track_id}"


class WeeklyDigest(models.Model):
    """When somebody was sent the last mail of what is new."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.sent_at}"


class Announcement(models.Model):
    """What staff say to everybody for a while."""

    class Level(models.TextChoices):
        INFO = "info", _("Information")
        WARNING = "warning", _("Warning")

    text = models.CharField(_("text"), max_length=300)
    url = models.CharField(_("link"), max_length=500, blank=True, validators=[URLValidator(["http", "https"])])
    level = models.CharField(_("level"), max_length=7, choices=Level.choices, default=Level.INFO)
    begins_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    for_visitors = models.BooleanField(_("shown before signing in, too"), default=False)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("begins_at")),
                name="announcement_ends_later",
                violation_error_message=_("It ends before it begins."),
            )
        ]

    def __str__(self) -> str:
        return Truncator(self.text).chars(60)


class DismissedAnnouncement(models.Model):
    """Somebody has read it and wants to see it no more, on whatever device."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "announcement"], name="dismiss_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.announcement_id}"
