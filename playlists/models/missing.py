from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from playlists.models.deleting import Deletable, NotDeleted, WithDeleted
from playlists.models.items import PositionField
from playlists.models.playlists import Playlist


class MissingTrack(Deletable):
    """A track of a file that was imported and that the library does not have: its place waits for it."""

    playlist = models.ForeignKey(Playlist, models.CASCADE, related_name="missing")
    position = PositionField(max_length=200)
    title = models.CharField(_("title"), max_length=255)
    artist = models.CharField(_("artist"), max_length=255, blank=True)
    album = models.CharField(_("album"), max_length=255, blank=True)
    duration_ms = models.PositiveBigIntegerField(default=0)
    recording_mbid = models.CharField(max_length=36, blank=True)
    isrc = models.CharField(max_length=12, blank=True)
    recording_key = models.BigIntegerField(default=0, editable=False)

    objects = NotDeleted()
    with_deleted = WithDeleted()

    class Meta:
        indexes = [
            models.Index(fields=["playlist", "position"], name="missing_in_order"),
            models.Index(fields=["recording_key"], name="missing_by_names"),
            models.Index(fields=["recording_mbid"], condition=~Q(recording_mbid=""), name="missing_by_mbid"),
            models.Index(fields=["isrc"], condition=~Q(isrc=""), name="missing_by_isrc"),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="missing_dropped"),
        ]

    def __str__(self) -> str:
        return f"{self.artist} – {self.title}"
