"""The rows of a list: each kind is drawn once by Jinja2, with names where a track's own belongs, and then filled in.

A page has fifty. Put together from the pieces that a template yields, they took three times as long.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from itertools import product

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from music.cards import Card
from music.links import link, pattern
from music.models import SMALL, THUMB
from music.parts import Filler, escaped, filler, kept, part, rendered
from music.rows import TrackRow
from music.templatetags.music_format import clock


def drawn(name: str, /, **shown: object) -> SafeString:
    """Of tracks, with the labels of their buttons."""
    play_label = gettext("Play %(title)s by %(artist)s")
    return rendered(name, **shown, play_label=play_label, more_label=gettext("More about %(title)s"))


def drawn_cards(cards: Iterable[Card], *, is_round: bool = False) -> SafeString:
    kinds = {
        (has_text, has_whole): kept("card", *Card._fields, has_text=has_text, has_whole=has_whole, round=is_round)
        for has_text, has_whole in product((False, True), repeat=2)
    }
    lines = "".join(kinds[bool(card.text), bool(card.whole)](escaped(card._asdict())) for card in cards)
    return part("cards", {"cards": SafeString(lines)})


def drawn_offers(offers: list[tuple[TrackRow, str]]) -> SafeString:
    """Rows that say why they are there, with what one can say to that."""
    language = get_language()
    return SafeString(
        "".join(
            _kind(language, False, bool(row.album_id), bool(row.genre), row.is_private, offered=True)(
                own(row, place) | {"reason": escape(reason), "genre_slug": escape(row.genre[0] if row.genre else "")}
            )
            for place, (row, reason) in enumerate(offers, 1)
        )
    )


def drawn_rows(rows: list[TrackRow], *, numbered: bool = False) -> SafeString:
    discs = numbered and any((row.disc_number or 1) > 1 for row in rows)
    return SafeString("".join(_with_discs(rows) if discs else _lines(rows, numbered)))


def _lines(rows: list[TrackRow], numbered: bool) -> Iterator[str]:
    language = get_language()
    for place, row in enumerate(rows, 1):
        kind = _kind(language, numbered, bool(row.album_id), bool(row.genre), row.is_private)
        yield kind(own(row, (row.track_number if numbered else None) or place))


def _with_discs(rows: list[TrackRow]) -> Iterator[str]:
    """An album's, with a heading over each disc."""
    disc: object = rows  # no number, and not the lack of one
    for row, line in zip(rows, _lines(rows, numbered=True), strict=True):
        if row.disc_number != disc:
            disc = row.disc_number
            yield rendered("track_disc", row=row)
        yield line


def _drawn_kind(
    language: str | None, numbered: bool, has_album: bool, has_genre: bool, is_private: bool, offered: bool = False
) -> Filler:
    kind = {"numbered": numbered, "has_album": has_album, "has_genre": has_genre, "is_private": is_private}
    return filler(drawn("track_row", **kind, is_offered=offered))


_kind = _drawn_kind if settings.DEBUG else lru_cache(_drawn_kind)  # under DEBUG templates change


def own(row: TrackRow, place: int) -> dict[str, object]:
    """What the names stand for, escaped."""
    cover, thumb = _covers(row)
    genre_href, genre = _genre(*row.genre) if row.genre else ("", "")
    return {
        "place": place,
        "pk": row.pk,
        "title": escape(row.title),
        "artist": escape(row.credit or row.artist_name),
        "artist_id": row.artist_id,
        "album_id": row.album_id,
        "album": escape(row.album_title or ""),
        "genre_href": genre_href,
        "genre": genre,
        "cover": cover,
        "thumb": thumb,
        "duration_ms": row.duration_ms,
        "length": clock(row.duration_ms),
    }


@lru_cache(maxsize=1000)
def _genre(slug: str, name: str) -> tuple[str, str]:
    return link("genre", slug), escape(name)


def _covers(row: TrackRow) -> tuple[str, str]:
    """Addresses of the cover and of its thumbnail."""
    if picture := row.cover or row.album_cover:
        at = pattern("cover")
        return at % (picture, SMALL), at % (picture, THUMB)
    generated = row.cover_url  # of any size
    return generated, generated
