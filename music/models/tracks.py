from pathlib import PurePath

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from music.links import link
from music.models.albums import Album
from music.models.artists import Artist
from music.models.covers import LARGE, SMALL, THUMB, cover_url, generated_cover_url
from music.models.genres import Genre
from music.querysets import TrackQuerySet


class Track(models.Model):
    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Everyone here")
        PRIVATE = "private", _("Only me")

    class State(models.TextChoices):
        """Only published tracks are seen and heard; the others are looked after by their uploader and by staff."""

        REVIEW = "review", _("Waiting for review")
        PUBLISHED = "published", _("Published")
        TRASHED = "trashed", _("In the trash")
        MISSING = "missing", _("File is missing")
        TAKEN_DOWN = "takendown", _("Taken down")

    class Format(models.TextChoices):
        MP3 = "mp3", "MP3"
        OGG = "ogg", "OGG"
        WAV = "wav", "WAV"

    title = models.CharField(_("title"), max_length=255)
    artist = models.ForeignKey(Artist, models.PROTECT, related_name="tracks", verbose_name=_("artist"))
    artists = models.ManyToManyField(
        Artist, through="TrackCredit", related_name="credited_on", verbose_name=_("credited artists")
    )
    credit = models.CharField(
        _("credit"), max_length=255, blank=True, help_text=_("As the tags say it, when it is more than one name.")
    )
    album = models.ForeignKey(
        Album, models.SET_NULL, null=True, blank=True, related_name="tracks", verbose_name=_("album")
    )
    genres = models.ManyToManyField(Genre, blank=True, related_name="tracks", verbose_name=_("genres"))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    original_year = models.PositiveSmallIntegerField(_("year of the first release"), null=True, blank=True)
    track_number = models.PositiveSmallIntegerField(_("track number"), null=True, blank=True)
    disc_number = models.PositiveSmallIntegerField(_("disc number"), null=True, blank=True)
    disc_subtitle = models.CharField(_("disc title"), max_length=255, blank=True)
    recording_mbid = models.CharField(_("MusicBrainz recording id"), max_length=36, blank=True)
    isrc = models.CharField(_("ISRC"), max_length=12, blank=True)
    recording_key = models.BigIntegerField(default=0, db_index=True, editable=False)
    sort_title = models.CharField(max_length=120, editable=False)
    sort_artist = models.CharField(max_length=120, editable=False)

    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="uploads",
        verbose_name=_("uploader"),
    )
    visibility = models.CharField(_("visibility"), max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PUBLISHED, editable=False)
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now, editable=False)
    is_copy = models.BooleanField(_("kept as a copy"), default=False, editable=False)
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
    loudness_lufs = models.FloatField(null=True, blank=True, editable=False)
    cover = models.CharField(_("cover"), max_length=64, blank=True, editable=False)

    objects = TrackQuerySet.as_manager()

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        constraints = [
            models.UniqueConstraint(
                fields=["uploader", "audio_sha256"],
                condition=models.Q(is_copy=False),
                name="one_original_of_the_audio_per_uploader",
            ),
        ]
        indexes = [
            models.Index(fields=["original_filename"], name="track_by_filename"),
            models.Index(fields=["sort_title", "id"], name="track_by_sort_title"),
            models.Index(fields=["sort_artist", "id"], name="track_by_sort_artist"),
            models.Index(fields=["year", "id"], name="track_by_year"),
            models.Index(fields=["duration_ms", "id"], name="track_by_duration"),
            models.Index(fields=["bitrate_kbps", "id"], name="track_by_bitrate"),
            models.Index(fields=["added_at", "id"], name="track_by_added"),
            models.Index(fields=["uploader", "state", "id"], name="track_by_uploader"),
            # Not over all states: SQLite would take it for the way to what is published, which is nearly everything.
            models.Index(fields=["state_since"], condition=models.Q(state="trashed"), name="track_in_trash"),
            models.Index(fields=["format", "id"], name="track_by_format"),
            # For whoever may see few of many: with their own by uploader it is all that they see.
            models.Index(
                fields=["id"], condition=models.Q(visibility="public", state="published"), name="track_for_everyone"
            ),
            models.Index(fields=["audio_sha256"], name="track_audio"),
            models.Index(fields=["sha256"], name="track_by_sha256"),
            models.Index(
                fields=["recording_mbid"], condition=~models.Q(recording_mbid=""), name="track_by_recording_mbid"
            ),
            models.Index(fields=["isrc"], condition=~models.Q(isrc=""), name="track_by_isrc"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return link("track", self.pk)

    @property
    def credited(self) -> str:
        """Whose track it is, in one line."""
        return self.credit or self.artist.name

    @property
    def stream_url(self) -> str:
        return link("stream", self.pk)

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


class TrackCredit(models.Model):
    """An artist credited on a track; `position` 0 is the track's `artist`."""

    track = models.ForeignKey(Track, models.CASCADE, related_name="credits")
    artist = models.ForeignKey(Artist, models.PROTECT, related_name="credits")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["artist", "track"], name="one_credit_per_artist_and_track")]

    def __str__(self) -> str:
        return self.artist.name


class Lyrics(models.Model):
    """The words of a track: plain lines, or LRC whose lines begin with their time."""

    track = models.OneToOneField(Track, models.CASCADE, primary_key=True, related_name="lyrics")
    text = models.TextField(_("text"), max_length=65_536)
    is_synced = models.BooleanField(_("synced"), default=False)

    class Meta:
        verbose_name = _("lyrics")
        verbose_name_plural = _("lyrics")

    def __str__(self) -> str:
        return str(self.track)


class TrackWaveform(models.Model):
    """How loud a track is along its time: `bars` of one byte each, see `audio.facts.Loudness`; none where nobody could
    hear it."""

    track = models.OneToOneField(Track, on_delete=models.CASCADE, primary_key=True, related_name="waveform")
    bars = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.track_id}: {len(self.bars)} bars"


class TrackTimbre(models.Model):
    """What a track sounds like, see `audio.facts.Timbre`; `values` are little-endian 32-bit floats, none of a track
    that cannot be described."""

    track = models.OneToOneField(Track, on_delete=models.CASCADE, primary_key=True, related_name="timbre")
    values = models.BinaryField()
    tempo_bpm = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"{self.track_id}: {len(self.values) // 4} numbers"
