from django.conf import settings
from django.db import models

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
