from django.db import models
from django.utils.translation import gettext_lazy as _

from music.links import link
from music.models.artists import Artist, name_key
from music.models.covers import LARGE, SMALL, cover_url, generated_cover_url
from music.querysets import AlbumQuerySet


def album_identity(release_mbid: str, album_artist_id: int, title: str, year: int | None) -> str:
    """What tells albums apart: the MusicBrainz release, else album artist, title and year."""
    return f"mbid:{release_mbid}" if release_mbid else f"{album_artist_id}/{year or ''}/{name_key(title)}"


class Album(models.Model):
    class Kind(models.TextChoices):
        ALBUM = "album", _("Album")
        EP = "ep", _("EP")
        SINGLE = "single", _("Single")
        COMPILATION = "compilation", _("Compilation")
        LIVE = "live", _("Live")
        SOUNDTRACK = "soundtrack", _("Soundtrack")
        REMIX = "remix", _("Remix")
        MIXTAPE = "mixtape", _("Mixtape")
        BROADCAST = "broadcast", _("Broadcast")
        OTHER = "other", _("Other")

    title = models.CharField(_("title"), max_length=255)
    album_artist = models.ForeignKey(Artist, models.PROTECT, related_name="albums", verbose_name=_("album artist"))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    original_year = models.PositiveSmallIntegerField(_("year of the first release"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=11, choices=Kind.choices, default=Kind.ALBUM)
    release_mbid = models.CharField(_("MusicBrainz release id"), max_length=36, blank=True)
    release_group_mbid = models.CharField(_("MusicBrainz release group id"), max_length=36, blank=True)
    identity = models.CharField(max_length=320, unique=True, editable=False)
    sort_title = models.CharField(max_length=120, editable=False)
    sort_artist = models.CharField(max_length=120, editable=False)
    cover = models.CharField(_("cover"), max_length=64, blank=True, editable=False)

    objects = AlbumQuerySet.as_manager()

    class Meta:
        ordering = ["sort_title", "pk"]
        verbose_name = _("album")
        verbose_name_plural = _("albums")
        indexes = [
            models.Index(fields=["sort_title", "id"], name="album_by_title"),
            models.Index(fields=["sort_artist", "id"], name="album_by_artist"),
            models.Index(fields=["year", "id"], name="album_by_year"),
            models.Index(fields=["album_artist", "year"], name="album_of_artist"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return link("album", self.pk)

    @property
    def first_year(self) -> int | None:
        return self.original_year or self.year

    @property
    def cover_url(self) -> str:
        return cover_url(self.cover, SMALL) if self.cover else generated_cover_url("album", self.pk)

    @property
    def large_cover_url(self) -> str:
        return cover_url(self.cover, LARGE) if self.cover else generated_cover_url("album", self.pk)


class AlbumAlias(models.Model):
    """The identity of an album that was merged into another: what comes in under it joins that one."""

    identity = models.CharField(_("identity"), max_length=320, unique=True)
    album = models.ForeignKey(Album, models.CASCADE, related_name="aliases", verbose_name=_("album"))

    class Meta:
        verbose_name = _("album alias")
        verbose_name_plural = _("album aliases")

    def __str__(self) -> str:
        return self.identity
