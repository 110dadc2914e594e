from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from playlists.models.deleting import NotDeleted
from users.access import blockers_of

if TYPE_CHECKING:
    from music.querysets import Reader


class SmartPlaylistQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> SmartPlaylistQuerySet:
        """Their own, and public ones of who is here and has not blocked them."""
        if not user.is_authenticated:
            return self.none()
        public = models.Q(visibility="public", owner__is_active=True)
        return self.filter(models.Q(owner_id=user.pk) | public).exclude(owner__in=blockers_of(user))

    def of(self, user: Reader) -> SmartPlaylistQuerySet:
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()


class SmartPlaylist(models.Model):
    """Rules that find tracks, as `playlists.smart.rules` reads them.

    Who looks at one finds what they themselves may hear, by their own listening, stars and ratings: so a public one
    tells nothing of its owner's. One with `deleted_at` is only there to be brought back.
    """

    class Visibility(models.TextChoices):
        PRIVATE = "private", _("Only me")
        PUBLIC = "public", _("Everyone here")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="smart_playlists")
    name = models.CharField(_("name"), max_length=200)
    visibility = models.CharField(
        _("who may see it"), max_length=7, choices=Visibility.choices, default=Visibility.PRIVATE
    )
    rules = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = NotDeleted.from_queryset(SmartPlaylistQuerySet)()
    with_deleted = SmartPlaylistQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "name"], name="smart_of_owner"),
            models.Index(fields=["-id"], condition=models.Q(visibility="public"), name="smart_for_everyone"),
            models.Index(
                fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="smart_playlist_deleted"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("smart_playlist", args=[self.pk])
