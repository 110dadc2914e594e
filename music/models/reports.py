from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from music.models.tracks import Track


class TrackReport(models.Model):
    """Somebody says that something is wrong with a track; staff look at it in the admin."""

    class Reason(models.TextChoices):
        TAGS = "tags", _("Wrong title, artist or album")
        SOUND = "sound", _("It does not play well")
        DUPLICATE = "duplicate", _("It is here twice")
        RIGHTS = "rights", _("It should not be shared here")
        OTHER = "other", _("Something else")

    track = models.ForeignKey(Track, models.CASCADE, related_name="reports", verbose_name=_("track"))
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="track_reports", verbose_name=_("reported by")
    )
    reason = models.CharField(_("reason"), max_length=9, choices=Reason.choices)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("reported"), auto_now_add=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("resolved by"),
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("track report")
        verbose_name_plural = _("track reports")
        constraints = [
            models.UniqueConstraint(
                fields=["track", "reporter"],
                condition=models.Q(resolved_at=None),
                name="one_open_report_per_track_and_reporter",
            )
        ]

    def __str__(self) -> str:
        return f"{self.track}: {self.get_reason_display()}"
