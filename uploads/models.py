import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from music.models import Genre, Track


class Upload(models.Model):
    """A file that somebody brings in, from its first byte until its track is published or turned away.

    The file lies at `path` until the check moves it to where the track's audio lives. How much of it has arrived is
    the file's size: a number kept beside it could be wrong after a crash.

    A picture or lyrics that lay beside music come in the same way and are `kept` for the tracks of their `folder`.
    """

    class Kind(models.TextChoices):
        MUSIC = "music", _("Music")
        COVER = "cover", _("Cover")
        LYRICS = "lyrics", _("Lyrics")

    class State(models.TextChoices):
        RECEIVING = "receiving", _("Uploading")
        RECEIVED = "received", _("Received")
        CHECKED = "checked", _("Checked")
        REVIEW = "review", _("Waiting for review")
        PUBLISHED = "published", _("Published")
        DUPLICATE = "duplicate", _("Already here")
        REFUSED = "refused", _("Refused")
        KEPT = "kept", _("Kept for its tracks")

    class Likeness(models.TextChoices):
        AUDIO = "audio", _("The same audio")
        SIMILAR = "similar", _("Same artist and title, about as long")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="incoming")
    filename = models.CharField(_("file name"), max_length=255)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices, default=Kind.MUSIC)
    folder = models.CharField(max_length=64, blank=True, editable=False)  # the same for all that came from one folder
    size_bytes = models.PositiveBigIntegerField(_("size"))
    visibility = models.CharField(max_length=8, choices=Track.Visibility.choices, default=Track.Visibility.PUBLIC)
    fallback_genre = models.ForeignKey(Genre, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.RECEIVING)
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now)
    reason = models.TextField(_("reason"), blank=True)  # in English, as it is marked; translated where it is shown
    track = models.ForeignKey(Track, models.SET_NULL, null=True, blank=True, related_name="brought_by")
    twin = models.ForeignKey(Track, models.SET_NULL, null=True, blank=True, related_name="+")
    likeness = models.CharField(max_length=7, choices=Likeness.choices, blank=True)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        indexes = [
            models.Index(fields=["user", "state", "created_at"], name="upload_of_user"),
            models.Index(fields=["state", "state_since"], name="upload_by_state"),
            models.Index(fields=["folder"], name="upload_by_folder"),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def path(self) -> Path:
        """In the media folder, which workers on other machines share."""
        return Path(settings.MEDIA_ROOT) / "incoming" / self.id.hex


class Sidecar(models.Model):
    """What was read from a picture or from lyrics that lay beside music, for tracks that arrive after them."""

    upload = models.OneToOneField(Upload, models.CASCADE, primary_key=True)
    cover = models.CharField(max_length=64, blank=True)
    lyrics = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.upload)


class UploadQuota(models.Model):
    """How much one user may bring in; without a row, or where a field is empty, as much as there is room for."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="upload_quota")
    max_bytes = models.PositiveBigIntegerField(_("bytes"), null=True, blank=True)
    max_tracks = models.PositiveIntegerField(_("tracks"), null=True, blank=True)

    class Meta:
        verbose_name = _("upload quota")
        verbose_name_plural = _("upload quotas")

    def __str__(self) -> str:
        return str(self.user)


class LibraryFolder(models.Model):
    """A folder on the server's disk whose music was brought in, for `manage.py scan` to look through again.

    `path` is percent-encoded bytes: names on disk need not be UTF-8.
    """

    path = models.TextField(_("path"), unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="library_folders")
    visibility = models.CharField(max_length=8, choices=Track.Visibility.choices, default=Track.Visibility.PUBLIC)
    in_place = models.BooleanField(_("left where it is"), default=False)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("library folder")
        verbose_name_plural = _("library folders")

    def __str__(self) -> str:
        return self.path


class LibraryFile(models.Model):
    """Which file on the server's disk a track came from, and what the file looked like then.

    When the track is deleted for good the row stays without it: the file is not to come back at the next scan.
    """

    folder = models.ForeignKey(LibraryFolder, models.CASCADE, related_name="files")
    track = models.ForeignKey(Track, models.SET_NULL, null=True, related_name="library_files")
    path = models.TextField(_("path"), unique=True)
    size_bytes = models.PositiveBigIntegerField(_("size"))
    mtime_ns = models.BigIntegerField(_("changed at, in nanoseconds"))
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("library file")
        verbose_name_plural = _("library files")

    def __str__(self) -> str:
        return self.path
