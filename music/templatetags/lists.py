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
from music.drawing import drawn, drawn_cards, drawn_offers, drawn_rows
from music.filters import Filters
from music.models import Track
from music.parts import part, rendered
from music.rows import TrackRow, row_of
from music.utils import Recommendation

register = template.Library()


@register.simple_tag
def track_rows(
    tracks: Iterable[TrackRow | Track],
    source: str,
    source_label: str,
    queue_id: str = "",
    numbered: bool = False,
    more_radio: str = "",
) -> SafeString:
    """A list of tracks that plays as one queue; `source` is what the listens will say it was, as "genre:jazz".

    `more_radio` is where the player asks for what follows.
    """
    rows = drawn_rows(_rows(tracks), numbered=numbered)
    return _list(rows, source, source_label, queue_id, more_radio, numbered=numbered)


@register.simple_tag
def offered_rows(
    offers: Iterable[Recommendation], source: str, source_label: str, queue_id: str = "", more_radio: str = ""
) -> SafeString:
    """The same with the reason under each."""
    rows = drawn_offers([(each.track, each.reason) for each in offers])
    return _list(rows, source, source_label, queue_id, more_radio, offered=True)


@register.simple_tag(takes_context=True)
def found(context: RequestContext) -> SafeString:
    """All of what a search has found, in one drawing."""
    query, better, genres, artists, albums, tracks = (
        context[name] for name in ("query", "corrected", "genres", "artists", "albums", "tracks")
    )
    label = gettext("Search: %(words)s") % {"words": better or query}
    own = {
        "query": query,
        "corrected": better,
        "as_typed": better and _address(context["request"].GET, as_typed="1"),
        "genres": genres and rendered("chips", genres=genres),
        "artists": artists and drawn_cards(artists, is_round=True),
        "albums": albums and drawn_cards(albums),
        "tracks": tracks and track_rows(tracks, context["source"], label, "search-queue"),
        "pager": pager(context),
        "play_all": tracks and play_all("search-queue"),
    }
    return part("found", _said(own))


@register.simple_tag
def track_cards(items: Iterable[Recommendation], eager: int = 0) -> SafeString:
    """Covers to play from, each with its reason; the first `eager` pictures are what a page opens with."""
    return _cards_of(tuple((item.track, item.reason) for item in items), eager, get_language())


def _drawn_cards(items: tuple[tuple[TrackRow, str], ...], eager: int, language: str | None) -> SafeString:
    return drawn("track_cards", items=items, eager=eager)


# Known by all that they show. A shelf stays for the day, and to draw it takes longer than all else of its page.
_cards_of = _drawn_cards if settings.DEBUG else lru_cache(maxsize=128)(_drawn_cards)


@register.simple_tag
def mix_cards(mixes: Iterable[Any]) -> SafeString:
    """Covers that lead to lists."""
    return rendered("mix_cards", mixes=mixes)


@register.simple_tag
def track_tiles(tracks: Iterable[TrackRow | Track]) -> SafeString:
    """Small cards with a picture, a title and a button."""
    return drawn("track_tiles", rows=_rows(tracks))


@register.simple_tag
def cards(cards: Iterable[Card], is_round: bool = False) -> SafeString:
    """A grid of covers, or of people."""
    return drawn_cards(cards, is_round=is_round)


@register.simple_tag
def whole_play(whole: str, title: str) -> SafeString:
    """The button on a card that plays all of what it leads to."""
    return part("whole_play", {"whole": whole, "title": title})


@register.simple_tag
def whole_menu(whole: str, title: str) -> SafeString:
    """The menu on a card that plays or queues all of what it leads to."""
    return part("whole_menu", {"whole": whole, "title": title})


@register.simple_tag
def play_all(queue_id: str) -> SafeString:
    """Play and shuffle, for the list of that id."""
    return part("play_all", {"queue_id": queue_id})


@register.simple_tag(takes_context=True)
def play_whole(context: RequestContext, queue_id: str, whole: str) -> SafeString:
    """The same for a list that may have several pages: `whole` is where the player gets all of it from."""
    request, page, is_later = context["request"], context["page"], not context["is_first_page"]
    if not (page.next_cursor or is_later):
        return play_all(queue_id)
    own = {"queue_id": queue_id, "whole": whole, "href": request.path}
    return part("play_all", own, is_long=True, is_later=is_later)


@register.simple_tag(takes_context=True)
def pager(context: RequestContext) -> SafeString:
    """Links to the page after `page`, and from all but the first one to the first."""
    return part("pager", _ways_on(context))


def _ways_on(context: RequestContext) -> dict[str, str]:
    query, page = context["request"].GET, context["page"]
    following = page["next_cursor"] if isinstance(page, dict) else page.next_cursor
    next_page = following and _address(query, after=following)
    return _said({"next": next_page, "first": not context["is_first_page"] and _address(query)})


def _address(query: QueryDict, **more: str) -> str:
    """This page from its beginning, unless `more` says where."""
    kept = [(name, value) for name, values in query.lists() if name != "after" for value in values]
    return f"?{urlencode([*kept, *more.items()])}"


@register.simple_tag
def track_filters(filters: Filters) -> SafeString:
    """What narrows a list of tracks down, and what does so now."""
    return part("track_filters", {}, **filters._asdict())


def _list(
    rows: SafeString,
    source: str,
    label: str,
    queue_id: str,
    more_radio: str = "",
    *,
    numbered: bool = False,
    offered: bool = False,
) -> SafeString:
    named = _said({"queue_id": queue_id, "more_radio": more_radio})
    own = {"rows": rows, "source": source, "source_label": label, **named}
    return part("track_rows", own, numbered=numbered, offered=offered)


def _said(own: dict[str, Any]) -> dict[str, Any]:
    """What a part is to know of: it asks for each whether it is there."""
    return {name: text for name, text in own.items() if text}


def _rows(tracks: Iterable[TrackRow | Track]) -> list[TrackRow]:
    return [track if isinstance(track, TrackRow) else row_of(track) for track in tracks]
