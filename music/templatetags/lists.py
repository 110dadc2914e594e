"""The parts of a page that are drawn by Jinja2: see music/jinja.py."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.http import QueryDict
from django.template import RequestContext
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from music.cards import Card
from music.drawing import drawn, drawn_offers, drawn_rows
from music.filters import Filters
from music.models import Track
from music.rows import TrackRow, row_of
from music.utils import Recommendation

register = template.Library()


@register.simple_tag
def track_rows(
    tracks: Iterable[TrackRow | Track], source: str, source_label: str, queue_id: str = "", numbered: bool = False
) -> SafeString:
    """A list of tracks that plays as one queue; `source` is what the listens will say it was, as "genre:jazz"."""
    return drawn("track_rows", **_queue(tracks, source, source_label, queue_id, numbered))


@register.simple_tag
def offered_rows(
    offers: Iterable[Recommendation], source: str, source_label: str, queue_id: str = "", more_radio: str = ""
) -> SafeString:
    """The same with the reason under each; of a radio `more_radio` is where the player asks for what follows."""
    return drawn(
        "track_rows",
        rows=drawn_offers([(each.track, each.reason) for each in offers]),
        offered=True,
        source=source,
        source_label=source_label,
        queue_id=queue_id,
        more_radio=more_radio,
    )


@register.simple_tag(takes_context=True)
def found(context: RequestContext) -> SafeString:
    """All of what a search has found, in one drawing."""
    shown = {name: context[name] for name in ("query", "corrected", "genres", "artists", "albums")}
    label = gettext("Search: %(words)s") % {"words": shown["corrected"] or shown["query"]}
    return drawn(
        "found",
        **shown,
        **_queue(context["tracks"], context["source"], label, "search-queue"),
        **_ways_on(context),
        as_typed=_address(context["request"].GET, as_typed="1"),
        play_all=play_all("search-queue"),
    )


@register.simple_tag
def track_cards(items: Iterable[Recommendation]) -> SafeString:
    """Covers to play from, each with its reason."""
    return _cards_of(tuple((item.track, item.reason) for item in items), get_language())


def _drawn_cards(items: tuple[tuple[TrackRow, str], ...], language: str | None) -> SafeString:
    return drawn("track_cards", items=items)


# Known by all that they show. A shelf stays for the day, and to draw it takes longer than all else of its page.
_cards_of = _drawn_cards if settings.DEBUG else lru_cache(maxsize=128)(_drawn_cards)


@register.simple_tag
def mix_cards(mixes: Iterable[Any]) -> SafeString:
    """Covers that lead to lists."""
    return drawn("mix_cards", mixes=mixes)


@register.simple_tag
def track_tiles(tracks: Iterable[TrackRow | Track]) -> SafeString:
    """Small cards with a picture, a title and a button."""
    return drawn("track_tiles", rows=_rows(tracks))


@register.simple_tag
def cards(cards: Iterable[Card], is_round: bool = False) -> SafeString:
    """A grid of covers, or of people."""
    return drawn("cards", cards=cards, round=is_round)


@register.simple_tag
def play_all(queue_id: str) -> SafeString:
    """Play and shuffle, for the list of that id."""
    return _play_all(queue_id, get_language())


@lru_cache
def _play_all(queue_id: str, language: str | None) -> SafeString:
    return drawn("play_all", queue_id=queue_id)


@register.simple_tag(takes_context=True)
def pager(context: RequestContext) -> SafeString:
    """Links to the page after `page`, and from all but the first one to the first."""
    return drawn("pager", **_ways_on(context))


def _ways_on(context: RequestContext) -> dict[str, str]:
    query, page = context["request"].GET, context["page"]
    following = page["next_cursor"] if isinstance(page, dict) else page.next_cursor
    return {
        "next": _address(query, after=following) if following else "",
        "first": "" if context["is_first_page"] else _address(query),
    }


def _address(query: QueryDict, **more: str) -> str:
    """This page from its beginning, unless `more` says where."""
    kept = [(name, value) for name, values in query.lists() if name != "after" for value in values]
    return f"?{urlencode([*kept, *more.items()])}"


@register.simple_tag
def track_filters(filters: Filters) -> SafeString:
    """What narrows a list of tracks down, and what does so now."""
    return _track_filters(filters, get_language())


@lru_cache
def _track_filters(filters: Filters, language: str | None) -> SafeString:
    return drawn("track_filters", **filters._asdict())


def _queue(
    tracks: Iterable[TrackRow | Track], source: str, source_label: str, queue_id: str, numbered: bool = False
) -> dict[str, Any]:
    return {
        "rows": drawn_rows(_rows(tracks), numbered=numbered),
        "numbered": numbered,
        "source": source,
        "source_label": source_label,
        "queue_id": queue_id,
    }


def _rows(tracks: Iterable[TrackRow | Track]) -> list[TrackRow]:
    return [track if isinstance(track, TrackRow) else row_of(track) for track in tracks]
