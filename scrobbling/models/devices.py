from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeviceToken(models.Model):
    """What a player elsewhere shows instead of a password. Of the token itself only its SHA-256 is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="device_tokens")
    name = models.CharField(_("name"), max_length=60)
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    @property
    def origin(self) -> str:
        """What its listens bear."""
        return f"device:{self.pk}"


class PlayingNow(models.Model):
    """What somebody plays on a device, until the track should be over. `track_id` 0: the library does not have it.

    `metadata` is ListenBrainz' `track_metadata` as the device sent it.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    token = models.ForeignKey(DeviceToken, models.CASCADE, related_name="+")
    track_id = models.BigIntegerField(default=0)
    metadata = models.JSONField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id}:{self.track_id}"
