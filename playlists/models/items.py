from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from music.models import Track
from playlists.models.playlists import Playlist

if TYPE_CHECKING:
    from music.querysets import Reader


class PositionField(models.CharField[str, str]):
    """A key of `fractional_indexing`: it sorts by its bytes, whatever the language of the database."""

    def db_parameters(self, connection: Any) -> Any:
        collation = "C" if connection.vendor == "postgresql" else None
        return super().db_parameters(connection) | {"collation": collation}


class PlaylistItemQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> PlaylistItemQuerySet:
        """Of playlists that the user may see: without others' private tracks, and with what is gone, by its name only
        for those who knew of it.
        """
        if not user.is_authenticated:
            return self.none()
        known = Q(was_public=True) | Q(added_by_id=user.pk)
        theirs = Q(track__visibility="public") | Q(track__uploader_id=user.pk)
        return self.filter(theirs | (Q(track=None) & known))


class _NotRemoved(models.Manager.from_queryset(PlaylistItemQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> Any:
        return super().get_queryset().filter(removed_at=None)


class PlaylistItem(models.Model):
    """A track at its place. Between two positions there is always a third, so that a move changes one row.

    What the track was called stays when it is deleted; `was_public` says whether everybody could hear it when it was
    added, and so may read that name. An item with `removed_at` is only there to be put back.
    """

    playlist = models.ForeignKey(Playlist, models.CASCADE, related_name="items")
    track = models.ForeignKey(Track, models.SET_NULL, null=True, related_name="playlist_items")
    position = PositionField(max_length=200)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="added_playlist_items"
    )
    added_at = models.DateTimeField(default=timezone.now)
    track_title = models.CharField(max_length=255)
    track_credit = models.CharField(max_length=255)
    was_public = models.BooleanField(default=False)
    duration_ms = models.PositiveBigIntegerField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = _NotRemoved()
    with_removed = PlaylistItemQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["playlist", "position"], name="one_item_per_position")]
        indexes = [
            models.Index(fields=["removed_at"], condition=Q(removed_at__isnull=False), name="playlist_item_removed")
        ]

    def __str__(self) -> str:
        return f"{self.track_credit} – {self.track_title}"
