"""What somebody may ask of the library, and how it is read so that no list ever sorts all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from time import time
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Exists, Field, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from music.compiled import ID, Compiled, compiled, places
from music.hiding import NOTHING_HIDDEN, Hidden, not_hidden
from music.models import Genre, Track, TrackCredit
from music.paging import Make, Order, Page, compiled_keyset_ids
from music.querysets import TrackQuerySet, visible
from music.rows import TrackRow, in_this_order, visible_to_somebody

PAGE_SIZE = 50
FEW = 1000
SIZES = (50, 200, FEW)  # so that the SQL for a few is written once for each of these
OFFERS_KEPT_SECONDS = 60
MANY_KEPT_SECONDS = 600
MOST_OFFERED = 200
UNNUMBERED = 40_000

TRACK_ORDERS = (
    Order("newest", gettext_lazy("Newest first"), descending=True),
    Order("title", gettext_lazy("Title"), ("sort_title",)),
    Order("artist", gettext_lazy("Artist"), ("sort_artist",)),
    Order("year", gettext_lazy("Year"), ("year",), descending=True, is_nullable=True),
    Order("longest", gettext_lazy("Longest first"), ("duration_ms",), descending=True),
)
ALBUM_ORDERS = (
    Order("title", gettext_lazy("Title"), ("sort_title",)),
    Order("artist", gettext_lazy("Artist"), ("sort_artist",)),
    Order("year", gettext_lazy("Year"), ("year",), descending=True, is_nullable=True),
    Order("newest", gettext_lazy("Newest first"), descending=True),
)
ARTISTS_BY_NAME = Order("name", keys=("sort_key",))
GENRES_BY_NAME = Order("name", keys=("name",))
NEWEST_LINKED = Order("newest", descending=True, id="track_id")
LINKS: dict[tuple[str, ...], Any] = {("genre",): Track.genres.through, ("artist",): TrackCredit}
# Tracks without a disc come first, those without a number last.
ALBUM_SEQUENCE = Order("album", keys=(Coalesce("disc_number", 0), Coalesce("track_number", UNNUMBERED), "sort_title"))


def order_named(orders: tuple[Order, ...], name: str) -> Order:
    """The first one for a name that is none of them."""
    return next((order for order in orders if order.name == name), orders[0])


@dataclass(frozen=True)
class Choice:
    """What the tracks are narrowed down to; `unknown` are values that are none of what there is."""

    genre: Genre | None = None
    decade: int | None = None
    format: str = ""
    uploader: Any = None
    unknown: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """What `narrowed` takes."""
        genre, by = (each.pk if each else None for each in (self.genre, self.uploader))
        years = {"first_year": self.decade, "last_year": self.decade + 9} if self.decade else {}
        values = {"genre": genre, "format": self.format, "by": by, **years}
        return {name: value for name, value in values.items() if value}

    def in_words(self) -> dict[str, str]:
        """Each filter by its name in the address."""
        words = {
            "genre": str(self.genre or ""),
            "decade": decade_name(self.decade) if self.decade else "",
            "format": Track.Format(self.format).label if self.format else "",
            "by": _("Added by %s") % self.uploader.profile if self.uploader else "",
        }
        return {name: text for name, text in words.items() if text}


def choice_of(user: Any, asked: Mapping[str, str]) -> Choice:
    """What the address asks for, as far as it is there."""
    found: dict[str, Any] = {
        "genre": Genre.objects.visible_to(user).filter(slug=asked["genre"]).first() if asked.get("genre") else None,
        "decade": _decade(asked.get("decade", "")),
        "format": asked.get("format") if asked.get("format") in Track.Format.values else None,
        "by": _uploaders(user).filter(username=asked["by"]).first() if asked.get("by") else None,
    }
    unknown = tuple(asked[name] for name, value in found.items() if asked.get(name) and not value)
    return Choice(found["genre"], found["decade"], found["format"] or "", found["by"], unknown)


def decade_name(decade: int) -> str:
    return _("%ds") % decade


def _decade(text: str) -> int | None:
    return int(text) if len(text) == 4 and text.isascii() and text.isdecimal() and text.endswith("0") else None


@dataclass(frozen=True, eq=False)
class Offers:
    """What the filters offer: (value, name) of each. Known by itself: whatever is made of it is made once."""

    genres: list[tuple[str, str]]
    decades: list[tuple[str, str]]
    formats: list[tuple[str, str]]
    uploaders: list[tuple[str, str]]


def offers_for(user: Any) -> Offers:
    """Two minutes old at most, and new with every new track: to see who has one to show takes longer than a page."""
    return kept_offers(user.pk, get_language(), newest_track_id(user), int(time() // OFFERS_KEPT_SECONDS))


@lru_cache
def kept_offers(user_id: int | None, language: str | None, newest: int, _minute: int) -> Offers:
    """Kept here, where it costs nothing to look; and for the other processes."""
    key = f"browse-offers-{user_id}-{language}-{newest}"
    offers: Offers | None = cache.get(key)
    if offers is None:
        offers = _offers_for(get_user_model()(pk=user_id) if user_id else AnonymousUser())
        cache.set(key, offers, OFFERS_KEPT_SECONDS)
    return offers


def newest_tracks(user: Any, limit: int, hidden: Hidden = NOTHING_HIDDEN) -> list[TrackRow]:
    return in_this_order(user, _newest_ids(user, limit, hidden))


def newest_track_id(user: Any) -> int:
    """Of those that the user may hear; 0 when there is none."""
    return next(iter(_newest_ids(user, 1)), 0)


def _newest_ids(user: Any, limit: int, hidden: Hidden = NOTHING_HIDDEN) -> list[int]:
    return [pk for (pk,) in _newest(limit, hidden).rows({ID: user.pk})] if user.is_authenticated else []


@lru_cache
def _newest(limit: int, hidden: Hidden = NOTHING_HIDDEN) -> Compiled:
    """Public ones and their own apart: where most are others' both together would be looked for among all tracks."""
    parts = (tracks.filter(not_hidden(hidden)) for tracks in Track.objects.public_and_own(get_user_model()(pk=ID)))
    public, own = (compiled(tracks.order_by("-pk").values_list("pk")[:limit]) for tracks in parts)
    question = f"SELECT * FROM ({public.sql}) AS public UNION SELECT * FROM ({own.sql}) AS own ORDER BY 1 DESC"  # noqa: S608
    return Compiled(f"{question} LIMIT {limit}", (*public.parameters, *own.parameters))


def few_seen(user: Any) -> list[int] | None:
    """All that somebody may hear when it is few tracks, whose lists are then made of these; None when it is more."""
    if many_seen.get(user.pk, 0) > time():
        return None
    ids = _newest_ids(user, FEW + 1)
    if len(ids) <= FEW:
        return ids
    many_seen[user.pk] = time() + MANY_KEPT_SECONDS
    return None


many_seen: dict[int, float] = {}  # who sees many, and until when that is not asked again


def seen_by(user: Any, rows: Any) -> Any:
    """Those of the albums, artists or genres that have a track which the user may hear."""
    few = few_seen(user)
    return rows.visible_to(user) if few is None else rows.of_tracks(few)


def _offers_for(user: Any) -> Offers:
    few, tracks = few_seen(user), Track.objects.visible_to(user)
    if few is not None:
        tracks = tracks.filter(pk__in=few)
    return Offers(
        genres=list(seen_by(user, Genre.objects.all()).values_list("slug", "name")[:MOST_OFFERED]),
        decades=[(str(decade), decade_name(decade)) for decade in _decades(tracks)],
        formats=[(each.value, each.label) for each in Track.Format if tracks.filter(format=each).exists()],
        uploaders=[(each.username, str(each.profile)) for each in _uploaders(user)[:MOST_OFFERED]],
    )


def _decades(tracks: TrackQuerySet) -> range:
    """From the latest to the first. Min and Max in one question would read every track."""
    years = tracks.filter(year__isnull=False).order_by("year").values_list("year", flat=True)
    first, last = years.first(), years.last()
    return range(last // 10 * 10, first - 10, -10) if first and last else range(0)


def _uploaders(user: Any) -> QuerySet[Any]:
    theirs = Track.objects.visible_to(user).filter(uploader=OuterRef("pk"))
    return get_user_model().objects.filter(Exists(theirs)).select_related("profile").order_by("username")


def narrowed(tracks: TrackQuerySet, to: Mapping[str, Any]) -> TrackQuerySet:
    """Those with the genre, artist, years, format and uploader that are named."""
    if "genre" in to:
        tracks = tracks.in_genre(to["genre"])
    if "artist" in to:
        tracks = tracks.by_artist(to["artist"])
    if "first_year" in to:
        tracks = tracks.filter(year__range=(to["first_year"], to["last_year"]))
    if "format" in to:
        tracks = tracks.filter(format=to["format"])
    return tracks.filter(uploader=to["by"]) if "by" in to else tracks


def listed(user: Any, to: Mapping[str, Any], order: Order, *, after: str, genre: Genre | None = None) -> Page:
    """A page of rows of what the user may hear, narrowed down; `genre` is what the rows show when all are of one."""
    if not user.is_authenticated:
        return Page([], "")
    make, known, order = _way(user, to, order)
    page = compiled_keyset_ids(make, known, order, after=after, size=PAGE_SIZE)
    return Page(in_this_order(user, page.items, genre), page.next_cursor)


def _way(user: Any, to: Mapping[str, Any], order: Order) -> tuple[Make, dict[Any, Any], Order]:
    """What to read, what is known of it, and in which order.

    The newest of a genre or an artist alone lie in their order in the links to them. Otherwise a few are fetched and
    sorted. Of many there is one soon wherever one looks, so they are looked for along the index of the order: no way
    ever sorts more than 1,000 rows.
    """
    names, seen = tuple(to), few_seen(user)
    if seen is None and order.name == "newest" and names in LINKS:
        return linked(*names), _known(user, to), NEWEST_LINKED
    few = _of_few(user, to, seen) if seen is not None else _if_few(user, to) if to else None
    if few is None:
        return _walk(names), _known(user, to), order
    asked, known = _asked(few)
    return _among(asked), known, order


def _asked(few: list[int]) -> tuple[int, dict[Any, Any]]:
    """For how many a question is written that suits so few, and the ids in their places."""
    asked = next(size for size in SIZES if size >= len(few))
    return asked, dict(zip(places(asked), [*few, *[0] * (asked - len(few))], strict=True))


def _of_few(user: Any, to: Mapping[str, Any], seen: list[int]) -> list[int]:
    if not to:
        return seen
    asked, known = _asked(seen)
    return [pk for (pk,) in _narrowed_few(tuple(to), asked).rows(known | _known(user, to))]


@lru_cache
def _narrowed_few(names: tuple[str, ...], asked: int) -> Compiled:
    few = narrowed_walk(_narrowed_by(names)).filter(pk__in=places(asked))
    return compiled(few.order_by().values_list("pk"))


def _if_few(user: Any, to: Mapping[str, Any]) -> list[int] | None:
    """That they are many is remembered: both ways lead to the same list, and to read so far takes as long as a page."""
    key = f"browse-many-{user.pk}-" + "-".join(f"{name}:{value}" for name, value in to.items())
    if cache.get(key):
        return None
    ids = [pk for (pk,) in _first(tuple(to), FEW + 1).rows(_known(user, to))]
    if len(ids) <= FEW:
        return ids
    cache.set(key, True, MANY_KEPT_SECONDS)
    return None


@lru_cache
def _first(names: tuple[str, ...], limit: int) -> Compiled:
    return compiled(_narrowed_by(names).order_by().values_list("pk")[:limit])


@lru_cache
def _walk(names: tuple[str, ...]) -> Make:
    chosen = _narrowed_by(names)
    rows = narrowed_walk(chosen) if names else chosen
    return lambda: rows


@lru_cache
def linked(name: str) -> Make:
    """The links to what is named that lead to a track which somebody may hear."""
    named = {f"{name}_id": Value(_mark(name), output_field=Field())}
    rows = LINKS[(name,)].objects.filter(visible(get_user_model()(pk=ID), "track__"), **named)
    return lambda: rows


@lru_cache
def _among(count: int) -> Make:
    rows = Track.objects.filter(pk__in=places(count))
    return lambda: rows


def _narrowed_by(names: tuple[str, ...]) -> TrackQuerySet:
    return narrowed(visible_to_somebody(), {name: Value(_mark(name), output_field=Field()) for name in names})


def _known(user: Any, to: Mapping[str, Any]) -> dict[Any, Any]:
    return {ID: user.pk} | {_mark(name): value for name, value in to.items()}


def _mark(name: str) -> str:
    """What stands for a value that is not known yet."""
    return f"\0{name}"


def narrowed_walk(chosen: TrackQuerySet) -> TrackQuerySet:
    """The same tracks, asked for one by one: with a plain WHERE the database begins with a filter, and sorts it all."""
    return Track.objects.filter(Exists(chosen.filter(pk=OuterRef("pk"))))
