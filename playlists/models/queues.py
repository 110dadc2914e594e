from django.conf import settings
from django.db import models

from music.whole import MOST_QUEUED


class PlayQueue(models.Model):
    """What somebody plays and where in it they are, so that another device goes on there.

    `track_ids` in the order in which they will be played, at most MOST_TRACKS; `origin` says of what list they are,
    its `others` from which other lists some of them were added: each with the `places` of its own in `track_ids`.
    `unshuffled` are their places in `track_ids` in the order that they have without shuffling, empty without it.
    """

    MOST_TRACKS = MOST_QUEUED

    class Repeat(models.TextChoices):
        OFF = "off"
        ALL = "all"
        ONE = "one"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="play_queue")
    track_ids = models.JSONField(default=list, blank=True)
    unshuffled = models.JSONField(default=list, blank=True)
    position = models.PositiveIntegerField(default=0)
    position_ms = models.PositiveBigIntegerField(default=0)
    repeat = models.CharField(max_length=3, choices=Repeat.choices, default=Repeat.OFF)
    origin = models.JSONField(default=dict, blank=True)
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.position} of {len(self.track_ids)}"
