from pathlib import PurePath

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audio.facts import COVER_SIZES
from music.querysets import AlbumQuerySet, ArtistQuerySet, GenreQuerySet, TrackQuerySet

THUMB, SMALL, LARGE = COVER_SIZES


def cover_url(picture: str, size: int) -> str:
    """Address of an uploaded picture, named by its content so that a browser may keep it for ever."""
    return reverse("cover", args=[picture, size])


def generated_cover_url(kind: str, key: object) -> str:
    return reverse("generated_cover", args=[f"{kind}-{key}"])


class Genre(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("slug"), max_length=80, unique=True, allow_unicode=True)
    is_suggested = models.BooleanField(
        _("suggested"), default=False, help_text=_("Offered at sign-up even while no track has it.")
    )

    objects = GenreQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("genre")
        verbose_name_plural = _("genres")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("genre", args=[self.slug])

    @property
    def cover_url(self) -> str:
        return generated_cover_url("genre", self.slug)


class Artist(models.Model):
    name = models.CharField(_("name"), max_length=255, unique=True)
    artist_mbid = models.CharField(_("MusicBrainz artist id"), max_length=36, blank=True)

    objects = ArtistQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("artist")
        verbose_name_plural = _("artists")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("artist", args=[self.pk])

    @property
    def cover_url(self) -> str:
        return generated_cover_url("artist", self.pk)


class Album(models.Model):
    """A release, told apart by album artist, title and year."""

    title = models.CharField(_("title"), max_length=255)
    album_artist = models.ForeignKey(Artist, models.PROTECT, related_name="albums", verbose_name=_("album artist"))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    release_mbid = models.CharField(_("MusicBrainz release id"), max_length=36, blank=True)
    cover = models.CharField(_("cover"), max_length=64, blank=True, editable=False)

    objects = AlbumQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        verbose_name = _("album")
        verbose_name_plural = _("albums")
        constraints = [
            models.UniqueConstraint(fields=["album_artist", "title", "year"], name="one_album_per_artist_title_year"),
            models.UniqueConstraint(
                fields=["album_artist", "title"], condition=models.Q(year=None), name="one_album_without_a_year"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("album", args=[self.pk])

    @property
    def cover_url(self) -> str:
        return cover_url(self.cover, SMALL) if self.cover else generated_cover_url("album", self.pk)

    @property
    def large_cover_url(self) -> str:
        return cover_url(self.cover, LARGE) if self.cover else generated_cover_url("album", self.pk)


class Track(models.Model):
    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Everyone here")
        PRIVATE = "private", _("Only me")

    class Format(models.TextChoices):
        MP3 = "mp3", "MP3"
        OGG = "ogg", "OGG"
        WAV = "wav", "WAV"

    title = models.CharField(_("title"), max_length=255)
    artist = models.ForeignKey(Artist, models.PROTECT, related_name="tracks", verbose_name=_("artist"))
    album = models.ForeignKey(
        Album, models.SET_NULL, null=True, blank=True, related_name="tracks", verbose_name=_("album")
    )
    genres = models.ManyToManyField(Genre, blank=True, related_name="tracks", verbose_name=_("genres"))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    track_number = models.PositiveSmallIntegerField(_("track number"), null=True, blank=True)
    disc_number = models.PositiveSmallIntegerField(_("disc number"), null=True, blank=True)
    recording_mbid = models.CharField(_("MusicBrainz recording id"), max_length=36, blank=True)

    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="uploads",
        verbose_name=_("uploader"),
    )
    visibility = models.CharField(_("visibility"), max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    file = models.FileField(_("file"), max_length=120, editable=False)
    original_filename = models.CharField(_("original file name"), max_length=255, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    audio_sha256 = models.CharField(max_length=64, editable=False)
    format = models.CharField(_("format"), max_length=3, choices=Format.choices, editable=False)
    size_bytes = models.PositiveBigIntegerField(_("size"), editable=False)
    duration_ms = models.PositiveBigIntegerField(_("duration"), editable=False)
    bitrate_kbps = models.PositiveIntegerField(_("bitrate"), editable=False)
    sample_rate_hz = models.PositiveIntegerField(_("sample rate"), editable=False)
    channels = models.PositiveSmallIntegerField(_("channels"), editable=False)
    track_gain_db = models.FloatField(null=True, blank=True, editable=False)
    track_peak = models.FloatField(null=True, blank=True, editable=False)
    album_gain_db = models.FloatField(null=True, blank=True, editable=False)
    album_peak = models.FloatField(null=True, blank=True, editable=False)
    cover = models.CharField(_("cover"), max_length=64, blank=True, editable=False)

    objects = TrackQuerySet.as_manager()

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        constraints = [
            models.UniqueConstraint(fields=["uploader", "audio_sha256"], name="one_copy_of_the_audio_per_uploader"),
        ]
        indexes = [
            models.Index(Lower("title"), "id", name="track_by_title"),
            models.Index(fields=["audio_sha256"], name="track_audio"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("track", args=[self.pk])

    @property
    def stream_url(self) -> str:
        return reverse("stream", args=[self.pk])

    @property
    def thumb_url(self) -> str:
        return self._cover_url(THUMB)

    @property
    def cover_url(self) -> str:
        return self._cover_url(SMALL)

    @property
    def large_cover_url(self) -> str:
        return self._cover_url(LARGE)

    def _cover_url(self, size: int) -> str:
        """The track's own picture, else its album's, else one drawn for the album or the track."""
        if picture := self.cover or (self.album.cover if self.album else ""):
            return cover_url(picture, size)
        if self.album_id:
            return generated_cover_url("album", self.album_id)
        return generated_cover_url("track", self.pk)

    @property
    def file_extension(self) -> str:
        return PurePath(str(self.file.name)).suffix
