from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from playlists.models.deleting import Deletable, NotDeleted, WithDeleted


class Editor(Deletable):
    """Somebody whom the owner of a playlist invited to change what is in it. They may from `accepted_at` on.

    One with `deleted_at` was revoked by the owner, or `has_left`: who ended it may take that back, the owner last.
    """

    playlist = models.ForeignKey("Playlist", models.CASCADE, related_name="editors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="edited_playlists")
    invited_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    has_left = models.BooleanField(default=False, editable=False)

    objects = NotDeleted()
    with_deleted = WithDeleted()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["playlist", "user"], name="one_editor_per_playlist_and_user")]
        indexes = [models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="editor_revoked")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.playlist_id}"
