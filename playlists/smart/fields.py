"""What a smart playlist may ask of a track, and in which words: nothing else ever reaches the database."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from listening.models import TrackTotal
from music.models import Album, Artist, Genre, Track, TrackCredit
from music.whole import PRIME
from playlists.models import Playlist, PlaylistItem, Rating, Star
from users.access import people

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OPERATORS: dict[str, StrOrPromise] = {
    "is": _("is"),
    "is_not": _("is not"),
    "contains": _("contains"),
    "not_contains": _("does not contain"),
    "starts_with": _("starts with"),
    "ends_with": _("ends with"),
    "more_than": _("is more than"),
    "less_than": _("is less than"),
    "between": _("is between"),
    "before": _("is before"),
    "after": _("is after"),
    "in_last_days": _("in the last days:"),
    "not_in_last_days": _("not in the last days:"),
    "in": _("is in"),
    "not_in": _("is not in"),
}
OPPOSITES = {"is_not": "is", "not_contains": "contains", "not_in_last_days": "in_last_days", "not_in": "in"}
TEXT_LOOKUPS = {"is": "iexact", "contains": "icontains", "starts_with": "istartswith", "ends_with": "iendswith"}
KINDS = {
    "text": ("contains", "not_contains", "is", "is_not", "starts_with", "ends_with"),
    "number": ("is", "is_not", "more_than", "less_than", "between"),
    "date": ("after", "before", "in_last_days", "not_in_last_days"),
    "flag": ("is",),
    "format": ("is", "is_not"),
    "person": ("is", "is_not"),
    "playlist": ("in", "not_in"),
    "chance": ("is",),
}


@dataclass(frozen=True)
class Asking:
    """Who asks, and when. `salt` makes one playlist's chance another than the next one's; both last for the day."""

    user: Any
    now: datetime
    salt: str = ""

    @property
    def factor(self) -> int:
        """Times a track's id, modulo PRIME: its lot."""
        day = timezone.localdate(self.now)
        return random.Random(f"{day}:{self.salt}:{self.user.pk}").randrange(1 << 20, PRIME)  # noqa: S311 to shuffle by


Condition = Callable[[Asking, str, Any], Q]


@dataclass(frozen=True)
class Field:
    """`condition` knows each operator that is no opposite of another. Numbers: from `least` to `most`."""

    name: str
    label: StrOrPromise
    kind: str
    condition: Condition
    least: int = 0
    most: int = 1_000_000
    unit: StrOrPromise = ""

    @property
    def operators(self) -> tuple[str, ...]:
        return KINDS[self.kind]


def condition(field: Field, asking: Asking, operator: str, value: Any) -> Q:
    """What has no such thing, as a year, is in nothing but the opposites."""
    if operator in OPPOSITES:
        return ~field.condition(asking, OPPOSITES[operator], value)
    return field.condition(asking, operator, value)


def bounds(operator: str, value: Any) -> tuple[int | None, int | None]:
    """The lowest and the highest whole number of which it is true; None: there is no end."""
    if operator == "between":
        return value[0], value[1]
    if operator == "more_than":
        return value + 1, None
    return (None, value - 1) if operator == "less_than" else (value, value)


def moments(asking: Asking, operator: str, value: Any) -> tuple[datetime | None, datetime | None]:
    """From the first moment, which is in, to the last, which is not."""
    if operator == "in_last_days":
        return asking.now - timedelta(days=value), None
    if operator == "after":
        return _midnight(value + timedelta(days=1)), None
    return None, _midnight(value)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _within(column: str, low: Any, high: Any, *, is_open: bool = False) -> Q:
    """Between both, or up to `high` without it when that `is_open`."""
    found = Q() if low is None else Q(**{f"{column}__gte": low})
    return found if high is None else found & Q(**{f"{column}__{'lt' if is_open else 'lte'}": high})


def _title(asking: Asking, operator: str, value: Any) -> Q:
    return _text("title", operator, value)


def _artist(asking: Asking, operator: str, value: Any) -> Q:
    """Whoever is credited."""
    artists = Artist.objects.filter(_text("name", operator, value)).order_by().values("pk")
    return Q(pk__in=TrackCredit.objects.filter(artist__in=artists).order_by().values("track_id"))


def _album(asking: Asking, operator: str, value: Any) -> Q:
    return Q(album_id__in=Album.objects.filter(_text("title", operator, value)).order_by().values("pk"))


def _genre(asking: Asking, operator: str, value: Any) -> Q:
    genres = Genre.objects.filter(_text("name", operator, value)).order_by().values("pk")
    return Q(pk__in=Track.genres.through._default_manager.filter(genre__in=genres).values("track_id"))


def _text(column: str, operator: str, value: Any) -> Q:
    return Q(**{f"{column}__{TEXT_LOOKUPS[operator]}": value})


def _number(column: str, scale: int = 1) -> Condition:
    def of_column(asking: Asking, operator: str, value: Any) -> Q:
        low, high = bounds(operator, value)
        top = None if high is None else high * scale + scale - 1
        # Not by an index of one column, which most tracks are in: SQLite would fetch them in its order, one by one.
        plain, conditions = F(column) + 0, Q(**{f"{column}__isnull": False})
        if low is not None:
            conditions &= Q(GreaterThanOrEqual(plain, low * scale))
        return conditions if top is None else conditions & Q(LessThanOrEqual(plain, top))

    return of_column


def _counted(rows: Callable[[Asking], QuerySet[Any]], column: str) -> Condition:
    """A number that is 0 where there is no row: then those are taken out of which it is not true."""

    def of_rows(asking: Asking, operator: str, value: Any) -> Q:
        low, high = bounds(operator, value)
        of_them = _within(column, low, high)
        if (low is None or low <= 0) and (high is None or high >= 0):
            return ~Q(pk__in=rows(asking).filter(~of_them).values("track_id"))
        return Q(pk__in=rows(asking).filter(of_them).values("track_id"))

    return of_rows


def _totals(asking: Asking) -> QuerySet[Any]:
    return TrackTotal.objects.filter(user_id=asking.user.pk)


def _ratings(asking: Asking) -> QuerySet[Any]:
    return Rating.objects.filter(user_id=asking.user.pk, track__isnull=False)


def _finished_share(asking: Asking, operator: str, value: Any) -> Q:
    """In whole percent, rounded down, of what was begun."""
    low, high = bounds(operator, value)
    rows = _totals(asking).annotate(hundredfold=ExpressionWrapper(F("finished") * 100, BigIntegerField()))
    if low is not None:
        rows = rows.filter(hundredfold__gte=F("begun") * low)
    if high is not None:
        rows = rows.filter(hundredfold__lt=F("begun") * (high + 1))
    return Q(pk__in=rows.values("track_id"))


def _added(asking: Asking, operator: str, value: Any) -> Q:
    return _within("added_at", *moments(asking, operator, value), is_open=True)


def _last_played(asking: Asking, operator: str, value: Any) -> Q:
    rows = _totals(asking).filter(_within("last_at", *moments(asking, operator, value), is_open=True))
    return Q(pk__in=rows.values("track_id"))


def _starred(asking: Asking, operator: str, value: Any) -> Q:
    starred = Q(pk__in=Star.objects.filter(user_id=asking.user.pk, track__isnull=False).values("track_id"))
    return starred if value else ~starred


def _never_heard(asking: Asking, operator: str, value: Any) -> Q:
    heard = Q(pk__in=_totals(asking).filter(plays__gt=0).values("track_id"))
    return ~heard if value else heard


def _format(asking: Asking, operator: str, value: Any) -> Q:
    return Q(format=value)


def _uploader(asking: Asking, operator: str, value: Any) -> Q:
    """One whom the reader may know to be here; another brought in nothing."""
    return Q(uploader_id__in=people(asking.user).filter(username=value).values("pk"))


def _playlist(asking: Asking, operator: str, value: Any) -> Q:
    """One that the reader may see; another is as good as empty."""
    playlists = Playlist.objects.visible_to(asking.user).filter(pk=value).values("pk")
    items = PlaylistItem.objects.filter(playlist__in=playlists, track__isnull=False)
    return Q(pk__in=items.order_by().values("track_id"))


def _random(asking: Asking, operator: str, value: Any) -> Q:
    # Not Mod, which is a call of Python for every row in SQLite.
    drawn = Track.objects.order_by().annotate(lot=F("pk") * asking.factor % PRIME).filter(lot__lt=PRIME * value // 100)
    return Q(pk__in=drawn.values("pk"))


_ALL = (
    Field("title", _("Title"), "text", _title),
    Field("artist", _("Artist"), "text", _artist),
    Field("album", _("Album"), "text", _album),
    Field("genre", _("Genre"), "text", _genre),
    Field("year", _("Year"), "number", _number("year"), most=9999),
    Field("added", _("Added"), "date", _added),
    Field("duration", _("Duration"), "number", _number("duration_ms", 1000), unit=_("seconds")),
    Field("format", _("Format"), "format", _format),
    Field("bitrate", _("Bitrate"), "number", _number("bitrate_kbps"), unit=_("kbit/s")),
    Field("rating", _("Your rating"), "number", _counted(_ratings, "stars"), most=Rating.BEST, unit=_("stars")),
    Field("starred", _("Starred by you"), "flag", _starred),
    Field("plays", _("Your plays"), "number", _counted(_totals, "plays")),
    Field("last_played", _("Last played by you"), "date", _last_played),
    Field(
        "finished_share",
        _("Finished by you"),
        "number",
        _finished_share,
        most=100,
        # xgettext:no-python-format
        unit=_("% of the times"),
    ),
    Field("skipped", _("Skipped by you"), "number", _counted(_totals, "skipped"), unit=_("times")),
    Field("never_heard", _("Never heard by you"), "flag", _never_heard),
    Field("uploader", _("Uploaded by (username)"), "person", _uploader),
    Field("playlist", _("Playlist"), "playlist", _playlist),
    Field(
        "random",
        _("Random part"),
        "chance",
        _random,
        least=1,
        most=100,
        # xgettext:no-python-format
        unit=_("% of the tracks"),
    ),
)
FIELDS = {field.name: field for field in _ALL}


@dataclass(frozen=True)
class Order:
    """By `key`: a column of the track, or with `rows` a column of what the reader did; with neither by lot.

    What has no place in it comes last in either direction with `has_gaps`; without, it has done nothing: 0.
    """

    label: StrOrPromise
    key: str = ""
    rows: Callable[[Asking], QuerySet[Any]] | None = None
    has_gaps: bool = False


def _played(asking: Asking) -> QuerySet[Any]:
    return _totals(asking).filter(plays__gt=0)


BY_LOT = "random"
ORDERS: dict[str, Order] = {
    BY_LOT: Order(_("Random, another every day")),
    "added": Order(_("Added"), "added_at"),
    "title": Order(_("Title"), "sort_title"),
    "artist": Order(_("Artist"), "sort_artist"),
    "album": Order(_("Album"), "album__sort_title", has_gaps=True),
    "year": Order(_("Year"), "year", has_gaps=True),
    "duration": Order(_("Duration"), "duration_ms"),
    "bitrate": Order(_("Bitrate"), "bitrate_kbps"),
    "plays": Order(_("Your plays"), "plays", _played),
    "last_played": Order(_("Last played by you"), "last_at", _totals, has_gaps=True),
    "rating": Order(_("Your rating"), "stars", _ratings),
}
