from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from music.models import Album, Track
from playlists.models import Playlist
from sharing.secrets import new_seed, secret_hashed


class ShareQuerySet(models.QuerySet[Any]):
    def live(self) -> "ShareQuerySet":
        """Those that lead somewhere as far as the links themselves go; what they show is asked of `sharing.access`."""
        in_time = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(in_time, revoked_at=None, owner__is_active=True)


class Share(models.Model):
    """A link by which people without an account hear one track, album or playlist.

    `seed` and `secret_sha256` are explained in `sharing.secrets`; `password` is a hash, "" where none is asked for.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shares")
    track = models.ForeignKey(Track, models.CASCADE, null=True, blank=True, related_name="shares")
    album = models.ForeignKey(Album, models.CASCADE, null=True, blank=True, related_name="shares")
    playlist = models.ForeignKey(Playlist, models.CASCADE, null=True, blank=True, related_name="shares")
    seed = models.CharField(max_length=32, default=new_seed, editable=False)
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    password = models.CharField(_("password"), max_length=128, blank=True, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("works until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("turned off"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    plays = models.PositiveIntegerField(_("plays"), default=0)

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared link")
        verbose_name_plural = _("shared links")
        constraints = [
            models.CheckConstraint(
                condition=Q(track__isnull=False, album=None, playlist=None)
                | Q(track=None, album__isnull=False, playlist=None)
                | Q(track=None, album=None, playlist__isnull=False),
                name="share_shows_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.kind} {self.track_id or self.album_id or self.playlist_id}"

    def get_absolute_url(self) -> str:
        """ "" when the key that it was made with is gone: the link works, but only who has it knows it."""
        return reverse("shared", args=[self.secret]) if self.secret else ""

    @cached_property
    def secret(self) -> str:
        return secret_hashed(self.seed, self.secret_sha256)

    @property
    def kind(self) -> str:
        return "track" if self.track_id else "album" if self.album_id else "playlist"

    @property
    def state(self) -> str:
        if self.revoked_at:
            return "revoked"
        return "expired" if self.is_over(timezone.now()) else "live"

    def is_over(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


class SharePlay(models.Model):
    """A play that was counted, so that telling it twice counts once. Kept no longer than it could be told again."""

    share = models.ForeignKey(Share, models.CASCADE, related_name="counted")
    ticket = models.CharField(max_length=32)
    counted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "ticket"], name="one_count_a_ticket")]

    def __str__(self) -> str:
        return self.ticket
