import secrets
import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from history.imports.rows import Format


class ListenImport(models.Model):
    """A file with listens from another service: looked through first, and taken in when its sender agrees.

    `counts` are plays: `rows`, `listens` (new ones), `duplicates`, by how they were matched (`mbid`, `isrc`, `names`,
    `near`, `unmatched`), and `left_out` by reason. `share` is how much of the file has been read in this state.
    """

    class State(models.TextChoices):
        READING = "reading", _("Looking through")
        PREVIEW = "preview", _("Ready to import")
        IMPORTING = "importing", _("Importing")
        DONE = "done", _("Imported")
        UNDOING = "undoing", _("Undoing")
        UNDONE = "undone", _("Undone")
        FAILED = "failed", _("Not imported")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="listen_imports")
    filename = models.CharField(_("file name"), max_length=255)
    size_bytes = models.PositiveBigIntegerField(_("size"))
    format = models.CharField(max_length=15, choices=[(each.value, each.value) for each in Format], blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.READING)
    reason = models.TextField(_("reason"), blank=True)  # in English, as it is marked; translated where it is shown
    share = models.FloatField(default=0)
    counts = models.JSONField(default=dict)
    examples = models.JSONField(default=dict)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("import of listens")
        verbose_name_plural = _("imports of listens")
        indexes = [
            models.Index(fields=["user", "-created_at"], name="import_of_user"),
            models.Index(fields=["state", "changed_at"], name="import_by_state"),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def path(self) -> Path:
        """In the media folder, which workers on other machines share; never served."""
        return Path(settings.MEDIA_ROOT) / "imports" / self.id.hex

    @property
    def origin(self) -> str:
        """Of the listens that came by it."""
        return f"import:{self.id}"

    @property
    def is_busy(self) -> bool:
        return self.state in BUSY

    @property
    def percent(self) -> int:
        return int(self.share * 100)


BUSY = (ListenImport.State.READING, ListenImport.State.IMPORTING, ListenImport.State.UNDOING)
OPEN = (*BUSY, ListenImport.State.PREVIEW)


class AccountExport(models.Model):
    """All that is kept of somebody as one zip. `share` is how much of it is written."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being put together")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Did not work")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="account_exports")
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.WAITING)
    share = models.FloatField(default=0)
    size_bytes = models.PositiveBigIntegerField(_("size"), default=0)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("account export")
        verbose_name_plural = _("account exports")
        indexes = [models.Index(fields=["user", "-created_at"], name="export_of_user")]

    def __str__(self) -> str:
        return f"{self.user}: {self.state}"

    @staticmethod
    def folder() -> Path:
        """In the media folder, which workers on other machines share; never served."""
        return Path(settings.MEDIA_ROOT) / "exports"

    @property
    def path(self) -> Path:
        return self.folder() / f"{self.id.hex}.zip"


def new_token() -> str:
    """128 bits: nobody guesses it."""
    return secrets.token_urlsafe(16)


class ReviewShare(models.Model):
    """A month or year ("2026-11", "2026") that somebody shows to whoever has the link. Without a row nobody sees it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shared_reviews")
    period = models.CharField(_("period"), max_length=7)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("shared review")
        verbose_name_plural = _("shared reviews")
        constraints = [models.UniqueConstraint(fields=["user", "period"], name="one_share_a_review")]

    def __str__(self) -> str:
        return f"{self.user}: {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("shared_review", args=[self.token])
