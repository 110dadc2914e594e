"""`/styleguide/`: each shared part of a page in its states, drawn by the templates that the product draws it with."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from discovery.shelf import Shelf
from discovery.views.home import MixCard
from history.charts.bars import bars
from history.charts.dial import dial
from history.charts.ranking import Place
from history.charts.river import river
from history.naming import Named
from history.numbers import Row
from history.reviews.review import Course
from history.templatetags.charts import calendar_of, clock_of, river_of
from music.cards import Card
from music.filters import Field, Filters
from music.links import link
from music.models import generated_cover_url
from music.parts import rendered
from music.rows import TrackRow
from music.utils import Recommendation
from users.context_processors import appearance
from users.forms import AppearanceForm, SignupForm

LONG = "A title that goes on and on, as those of live recordings do, with the place, the date and who was there"
NAMES = ("Corner Booth at Two", "Café das Onze", LONG, "سلام يا بحر", "Hi", "雨の日の散歩 ☔️")
MINUTE_MS = 60_000


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or request.user.is_staff):
        raise Http404
    shown = {
        "looks": AppearanceForm(initial=appearance(request)),
        "panels": [_panel(theme) for theme in ("dark", "light")],
        "tracks": _tracks(),
        "discs": _discs(),
        "offers": [Recommendation(row, "Because you finished 4 Jazz tracks") for row in _tracks()],
        "mixes": _mixes(),
        "albums": [Card("#", generated_cover_url("album", pk), name, "Somebody · 2026") for pk, name in _numbered()],
        "artists": [Card("#", generated_cover_url("artist", pk), name) for pk, name in _numbered()],
        "filters": _filters(),
        "toasts": _toasts(),
        **_charts(),
    }
    return render(request, "styleguide.html", shown)


def _panel(theme: str) -> tuple[str, SignupForm, SafeString]:
    """What has ids or names of its own in each."""
    typed = {"username": "no spaces here", "email": "nobody", "password1": "short"}
    form = SignupForm({f"{theme}-{name}": value for name, value in typed.items()}, prefix=theme)
    pager = rendered("pager", next="#", first="#", label=f"Pages, {theme}")
    return theme, form, pager


def _numbered() -> list[tuple[int, str]]:
    return list(enumerate(NAMES, 1))


def _tracks() -> list[TrackRow]:
    return [_track(pk, name) for pk, name in _numbered()]


def _track(pk: int, title: str, **more: Any) -> TrackRow:
    row = TrackRow(
        pk=pk,
        title=title,
        artist_id=pk,
        artist_name="Somebody",
        credit="Somebody with somebody else" if pk == 2 else "",
        album_id=pk if pk != 1 else None,
        album_title=title,
        album_cover=None,
        cover="",
        visibility="private" if pk == 4 else "public",
        duration_ms=pk * 47_000,
        track_number=pk,
        disc_number=None,
        disc_subtitle="",
        genre=("jazz", "Jazz") if pk != 3 else None,
    )
    return row._replace(**more)


def _discs() -> list[TrackRow]:
    return [
        _track(1, "An opening", disc_number=1),
        _track(2, "On the other disc", disc_number=2, disc_subtitle="At night", track_number=1),
    ]


def _mixes() -> list[MixCard]:
    covers = [generated_cover_url("album", number) for number in range(4)]
    return [
        MixCard(Shelf("mix:1", "Jazz", "Somebody, somebody else and more", (), "#"), "Daily mix", covers[0], covers),
        MixCard(Shelf("mix:2", LONG, LONG, (), "#"), "Weekly", covers[1], []),
    ]


def _filters() -> Filters:
    genres = Field("genre", "Genre", (("", "All genres"), ("jazz", "Jazz")), "jazz")
    years = Field("year", "Year", (("", "Any year"), ("2026", "2026")))
    return Filters("#", (genres, years), (("Jazz", "#"), ("2026", "#")), ("polka",))


def _toasts() -> list[Message]:
    return [
        Message(messages.SUCCESS, "Your profile is saved."),
        Message(messages.SUCCESS, "You will hear less of it.", extra_tags="undo-taste track:1:1"),
        Message(messages.ERROR, "That could not be saved. Try again in a minute."),
    ]


def _charts() -> dict[str, Any]:
    """Of invented listening: some hours, months and genres more than others."""
    hours = {hour: (hour % 5, hour % 5 * MINUTE_MS * (hour % 24)) for hour in range(7 * 24)}
    day = date(2026, 1, 1)
    days = tuple((day + timedelta(days=n), n % 4, n % 4 * 9 * MINUTE_MS) for n in range(365))
    months = [date(2026, month, 1) for month in range(1, 13)]
    genres = [{"jazz": 30 + n * n % 40, "folk": 20 + 3 * n, "rock": 50 - 4 * n, "soul": n} for n in range(12)]
    bands = river([{name: minutes * MINUTE_MS for name, minutes in month.items()} for month in genres])
    steps = zip((f"{month:%B}" for month in months), bars([month["jazz"] for month in genres]), strict=True)
    return {
        "clock": clock_of(get_language(), tuple((hour, *heard) for hour, heard in hours.items())),
        "calendar": calendar_of(get_language(), day, date(2026, 12, 31), days),
        "river": river_of(months, [(band, band.key.title() or "Others") for band in bands]),
        "course": Course("year", 1, list(steps), ""),
        "wedges": dial(hours),
        "ranks": [_rank(rank, name) for rank, name in _numbered()[:4]],
    }


def _rank(rank: int, name: str) -> Row:
    moved = [("up", "up by 2"), ("down", "down by 1"), ("new", "new"), ("same", "as before")][rank - 1]
    picture = generated_cover_url("track", rank)
    place = Place(rank, rank + 2, rank, 120 // rank, 400 * MINUTE_MS // rank, 100 / rank)
    return Row(place, Named(name, "Somebody", link("home"), picture), moved)
