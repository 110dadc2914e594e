from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from playlists.models.deleting import NotDeleted
from playlists.models.editors import Editor
from playlists.models.folders import Folder
from playlists.models.showing import Shown, ShownQuerySet
from users.access import blockers_of

if TYPE_CHECKING:
    from music.querysets import Reader


class PlaylistQuerySet(ShownQuerySet):
    def shared_with(self, user: Reader) -> Exists:
        """Those that they edit."""
        return _edited_by(user)

    def editable_by(self, user: Reader) -> PlaylistQuerySet:
        """Those into which the user may put tracks."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(owner_id=user.pk) | _edited_by(user)).exclude(owner__in=blockers_of(user))


def _edited_by(user: Reader) -> Exists:
    return Exists(Editor.objects.filter(playlist=OuterRef("pk"), user_id=user.pk, accepted_at__isnull=False))


class Playlist(Shown):
    """Tracks that somebody put into an order. `track_count` and `duration_ms` are the sums over its items."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="playlists")
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    cover = models.CharField(_("cover"), max_length=64, blank=True, editable=False)
    folder = models.ForeignKey(
        Folder, models.SET_NULL, null=True, blank=True, related_name="playlists", verbose_name=_("folder")
    )
    track_count = models.PositiveIntegerField(default=0, editable=False)
    duration_ms = models.PositiveBigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = NotDeleted.from_queryset(PlaylistQuerySet)()
    with_deleted = PlaylistQuerySet.as_manager()

    class Meta:
        verbose_name = _("playlist")
        verbose_name_plural = _("playlists")
        indexes = [
            models.Index(fields=["owner", "name"], name="playlist_of_owner"),
            models.Index(
                fields=["id"], condition=Q(visibility="public", deleted_at=None), name="playlist_for_everyone"
            ),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="playlist_deleted"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("playlist", args=[self.pk])

    @property
    def duration_seconds(self) -> int:
        return self.duration_ms // 1000
