"""What is in the picture of a review: a few of the figures that its cards show, and the days that they are of."""

import hashlib
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from history.naming import KINDS
from history.numbers import Row
from history.reviews.review import Review

VERSION = 1
MOST_COVERS = 5


class Cover(NamedTuple):
    """`name` is that of an uploaded picture; without one it is generated from `seed`."""

    name: str
    seed: str


class Line(NamedTuple):
    rank: int
    name: str
    by: str


class Poster(NamedTuple):
    """`stats` are amounts, and what they are of; `columns` their headings, and their lines."""

    owner: str
    title: str
    dates: str
    note: str
    stats: list[tuple[str, str]]
    columns: list[tuple[str, list[Line]]]
    covers: list[Cover]
    site: str

    @property
    def key(self) -> str:
        """The same for the same picture."""
        return hashlib.sha256(f"{VERSION}{tuple(self)!r}".encode()).hexdigest()[:32]


def poster_of(review: Review) -> Poster:
    columns = [(_("Top artists"), review.top("artists")), (_("Top tracks"), review.top("tracks"))]
    return Poster(
        owner=str(review.numbers.owner.profile),
        title=review.period.title,
        dates=review.dates if review.is_over else _("%(dates)s, so far") % {"dates": review.dates},
        note=_("since %(day)s, when the history begins") % {"day": date_format(review.begins, "MONTH_DAY_FORMAT")}
        if review.begins
        else "",
        stats=_stats(review),
        columns=[(heading, [_line(row) for row in rows]) for heading, rows in columns if rows],
        covers=_covers(review),
        site=urlsplit(settings.SITE_URL).netloc,
    )


def _stats(review: Review) -> list[tuple[str, str]]:
    total = review.numbers.figures.total
    tracks = sum(1 for listens, _ms in total.tracks.values() if listens)
    minutes = total.played_ms // 60_000
    amounts = [
        (minutes, ngettext("minute", "minutes", minutes)),
        (total.listens, ngettext("listen", "listens", total.listens)),
        (tracks, ngettext("track", "tracks", tracks)),
    ]
    return [(number_format(amount, use_l10n=True, force_grouping=True), of) for amount, of in amounts if amount]


def _line(row: Row) -> Line:
    return Line(row.place.rank, row.named.name, row.named.by)


def _covers(review: Review) -> list[Cover]:
    """Those of albums, then of tracks, no picture twice."""
    pairs = [(what, row) for what in ("albums", "tracks") for row in review.top(what)]
    covers: dict[Any, Cover] = {}
    for what, row in pairs:
        covers.setdefault(row.named.cover or row.named.picture, _cover(what, row))
    return list(covers.values())[:MOST_COVERS]


def _cover(what: str, row: Row) -> Cover:
    return Cover(row.named.cover, f"{KINDS[what]}-{abs(int(str(row.place.key)))}")
