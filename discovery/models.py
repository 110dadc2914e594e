"""What people say about their taste, and what was offered to them."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Correction(models.Model):
    """What a listener says about a track, an artist or a genre: 0 never, below 1 less, above 1 more."""

    class Kind(models.TextChoices):
        TRACK = "track"
        ARTIST = "artist"
        GENRE = "genre"

    NEVER, LESS, MORE, MOST = 0, 0.5, 2, 4

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="corrections")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    target_id = models.BigIntegerField()
    factor = models.FloatField(validators=[MinValueValidator(NEVER), MaxValueValidator(MOST)])
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "target_id"], name="one_correction_each"),
            models.CheckConstraint(condition=models.Q(factor__gte=0, factor__lte=4), name="correction_factor_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.kind}:{self.target_id} x {self.factor}"


class TasteSettings(models.Model):
    """A listener without a row has what is said here."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="taste_settings")
    adventure_percent = models.PositiveSmallIntegerField(default=30, validators=[MaxValueValidator(100)])
    is_radio_after_queue = models.BooleanField(default=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "taste settings"

    def __str__(self) -> str:
        return f"{self.user_id}: {self.adventure_percent} %"


class WeeklyMix(models.Model):
    """A listener's discoveries of the week that began on this Monday: [{"track_id", "reason"}], as they were picked,
    with the fields of an Impression that say how likely each was."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="weekly_mixes")
    monday = models.DateField()
    picks = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "monday"], name="one_weekly_mix_a_week")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.monday}"


class Impression(models.Model):
    """A track that a page offered on a day, and what became of it; or an artist, whose number stands for a track's."""

    class Became(models.TextChoices):
        NOTHING = "nothing"
        SKIPPED = "skipped"
        HEARD = "heard"
        COMPLETED = "completed"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="impressions")
    track_id = models.BigIntegerField()
    is_artist = models.BooleanField(default=False)
    shelf = models.CharField(max_length=40)
    rank = models.PositiveSmallIntegerField()
    shown_on = models.DateField()
    propensity = models.FloatField()
    is_explored = models.BooleanField(default=False)
    model = models.CharField(max_length=40, blank=True)
    became = models.CharField(max_length=9, choices=Became.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "shown_on", "shelf", "track_id"], name="one_impression_a_day")
        ]
        indexes = [models.Index(fields=["shown_on"], name="impressions_by_day")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.track_id} on {self.shelf}, {self.shown_on}"
