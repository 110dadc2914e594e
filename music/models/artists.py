import unicodedata
from functools import lru_cache

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from music.links import link
from music.models.covers import generated_cover_url
from music.querysets import ArtistQuerySet


@lru_cache(maxsize=20_000)
def name_key(name: str) -> str:
    """What two spellings of one name share: capitals and spaces do not matter, accents do."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:255]


class Artist(models.Model):
    name = models.CharField(_("name"), max_length=255, unique=True)
    name_key = models.CharField(max_length=255, unique=True, editable=False)
    sort_name = models.CharField(
        _("sort name"), max_length=255, blank=True, help_text=_("As in a card index: “Bowie, David”.")
    )
    sort_key = models.CharField(max_length=120, editable=False)
    artist_mbid = models.CharField(_("MusicBrainz artist id"), max_length=36, blank=True)

    objects = ArtistQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("artist")
        verbose_name_plural = _("artists")
        indexes = [models.Index(fields=["sort_key", "id"], name="artist_by_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return link("artist", self.pk)

    @property
    def cover_url(self) -> str:
        return generated_cover_url("artist", self.pk)


class ArtistAlias(models.Model):
    """A name that was merged into an artist, or split into several: one row for each, in order."""

    name_key = models.CharField(_("name"), max_length=255)
    artist = models.ForeignKey(Artist, models.CASCADE, related_name="aliases", verbose_name=_("artist"))

    class Meta:
        ordering = ["name_key", "pk"]
        verbose_name = _("artist alias")
        verbose_name_plural = _("artist aliases")
        constraints = [models.UniqueConstraint(fields=["name_key", "artist"], name="one_artist_alias_each")]

    def __str__(self) -> str:
        return self.name_key


class ArtistFollow(models.Model):
    """Somebody wants to know of what is new by an artist."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="followed_artists")
    artist = models.ForeignKey(Artist, models.CASCADE, related_name="follows")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "artist"], name="one_follow_per_user_and_artist")]

    def __str__(self) -> str:
        return f"{self.user_id} -> {self.artist_id}"
