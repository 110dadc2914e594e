from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from music.models.tracks import Track


class TakedownQuerySet(models.QuerySet["Takedown"]):
    def to_answer(self) -> "TakedownQuerySet":
        """Somebody has appealed, and nobody has decided about that."""
        return self.filter(outcome=Takedown.Outcome.STANDS, appealed_at__isnull=False)


class Takedown(models.Model):
    """A track was taken from everybody's sight, and what has been said about that since.

    It outlives the track: its sound is not to come in again by who brought it.
    """

    class Reason(models.TextChoices):
        COPYRIGHT = "copyright", _("It may not be shared here (copyright)")
        WRONG = "wrong", _("It is not what it says it is (wrong upload)")
        OFFENSIVE = "offensive", _("It is offensive")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        STANDS = "stands", _("Stands")
        UPHELD = "upheld", _("Upheld after an appeal")
        LIFTED = "lifted", _("Put back")

    track = models.ForeignKey(
        Track, models.SET_NULL, null=True, editable=False, related_name="takedowns", verbose_name=_("track")
    )
    title = models.CharField(_("title"), max_length=255, editable=False)
    audio_sha256 = models.CharField(_("hash of the sound"), max_length=64, editable=False)
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        editable=False,
        related_name="takedowns",
        verbose_name=_("uploader"),
    )
    state_before = models.CharField(max_length=9, choices=Track.State.choices, editable=False)
    reason = models.CharField(_("reason"), max_length=9, choices=Reason.choices)
    words = models.TextField(_("in your words"), max_length=1000, blank=True)
    taken_down_at = models.DateTimeField(_("taken down"), auto_now_add=True)
    taken_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("taken down by"),
    )
    appeal = models.TextField(_("appeal"), max_length=1000, blank=True)
    appealed_at = models.DateTimeField(_("appealed"), null=True, editable=False)
    outcome = models.CharField(
        _("outcome"), max_length=6, choices=Outcome.choices, default=Outcome.STANDS, editable=False
    )
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )

    objects = TakedownQuerySet.as_manager()

    class Meta:
        verbose_name = _("takedown")
        verbose_name_plural = _("takedowns")
        constraints = [
            models.UniqueConstraint(
                fields=["track"], condition=~models.Q(outcome="lifted"), name="one_takedown_in_force_per_track"
            )
        ]
        indexes = [
            models.Index(
                fields=["uploader", "audio_sha256"], condition=~models.Q(outcome="lifted"), name="takedown_in_force"
            ),
            models.Index(
                fields=["appealed_at"],
                condition=models.Q(outcome="stands", appealed_at__isnull=False),
                name="takedown_to_answer",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def outcome_so_far(self) -> str:
        """In words, for a page."""
        waits = self.outcome == self.Outcome.STANDS and self.appealed_at is not None
        return gettext("Waits for an answer") if waits else self.get_outcome_display()


class BlockedSound(models.Model):
    """A sound that is refused whoever brings it, under whatever names."""

    audio_sha256 = models.CharField(
        _("hash of the sound"),
        max_length=64,
        unique=True,
        validators=[RegexValidator(r"\A[0-9a-f]{64}\Z", _("This is no hash: it has 64 digits from 0 to f."))],
    )
    title = models.CharField(_("title"), max_length=255, blank=True, editable=False)
    note = models.TextField(_("note"), max_length=1000, blank=True, help_text=_("Only staff read it."))
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )

    class Meta:
        verbose_name = _("refused sound")
        verbose_name_plural = _("refused sounds")

    def __str__(self) -> str:
        return self.title or self.audio_sha256[:12]
