from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from music.models import Album, Artist, Track

KINDS: dict[str, Any] = {"track": Track, "album": Album, "artist": Artist}


def _of_only(kind: str) -> Q:
    return Q(**{f"{other}__isnull": other != kind for other in KINDS})


class _Said(models.Model):
    """What somebody says about one track, one album or one artist."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="%(class)ss")
    track = models.ForeignKey(Track, models.CASCADE, null=True, blank=True, related_name="%(class)ss")
    album = models.ForeignKey(Album, models.CASCADE, null=True, blank=True, related_name="%(class)ss")
    artist = models.ForeignKey(Artist, models.CASCADE, null=True, blank=True, related_name="%(class)ss")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *(models.UniqueConstraint(fields=["user", kind], name=f"one_%(class)s_per_{kind}") for kind in KINDS),
            models.CheckConstraint(
                condition=_of_only("track") | _of_only("album") | _of_only("artist"), name="%(class)s_of_one_thing"
            ),
        ]

    def __str__(self) -> str:
        [(kind, pk)] = [(kind, pk) for kind in KINDS if (pk := getattr(self, f"{kind}_id"))]
        return f"{self.user_id}:{kind}:{pk}"


class Star(_Said):
    class Meta(_Said.Meta):
        # As the starred are listed: each kind by itself, the latest first.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "id"], condition=Q(**{f"{kind}__isnull": False}), name=f"starred_{kind}s")
            for kind in KINDS
        ]


class Rating(_Said):
    """From 1 to 5; what is rated 0 has no row."""

    WORST, BEST = 1, 5

    stars = models.PositiveSmallIntegerField(validators=[MinValueValidator(WORST), MaxValueValidator(BEST)])

    class Meta(_Said.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *_Said.Meta.constraints,
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="rating_from_1_to_5"),
        ]
