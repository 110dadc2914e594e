"""The drawings of the numbers, with a table behind each: hundreds of cells, so Jinja2 draws them (music/jinja.py)."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache, lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template import engines
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from history.charts import bars, calendar, clock, dial, river
from history.numbers import Numbers, Row
from history.reviews.review import Course
from music.templatetags.music_format import durations_in_words

register = template.Library()

TICKS = 4  # as many names of months have room side by side on a phone
KEPT = 64


def clock_chart(numbers: Numbers) -> SafeString:
    """Hours of the week."""
    hours = numbers.figures.total.clock
    return clock_of(get_language(), tuple((hour, *hours[hour]) for hour in hours))


def calendar_chart(numbers: Numbers) -> SafeString:
    """Days of the year."""
    return calendar_of(get_language(), *numbers.year, tuple(numbers.heard_in_year))


def river_chart(numbers: Numbers) -> SafeString:
    """Genres by month."""
    return river_of([month for month, _genres in numbers.months], numbers.river)


def river_of(steps: list[date], bands: list[tuple[river.Band, str]]) -> SafeString:
    """`bands`: with what each is called."""
    months = [_month(month) for month in steps]
    every = -(-len(months) // TICKS)
    ticks = [(round(100 * at / max(1, len(months) - 1), 1), months[at]) for at in range(0, len(months), every)]
    return _drawn("river", bands=bands, months=months, ticks=ticks, chart=river)


def _drawn_clock(language: str | None, hours: tuple[tuple[int, int, int], ...]) -> SafeString:
    """`hours`: of the week, with listens and milliseconds."""
    days, heard = [str(WEEKDAYS[day]) for day in range(7)], _in_words()
    drawn = clock.clock({hour: (listens, played_ms) for hour, listens, played_ms in hours})
    cells = [
        (cell.x, cell.y, cell.shade, f"{days[cell.weekday]} {cell.hour:02}:00", heard(cell.played_ms)) for cell in drawn
    ]
    rows = [(days[day], [cell.listens for cell in drawn[day * 24 : day * 24 + 24]]) for day in range(7)]
    labels = [(WEEKDAYS_ABBR[day], clock.TOP + day * clock.DOWN) for day in range(7)]
    across = [(hour, clock.LEFT + hour * clock.ACROSS) for hour in range(0, 24, 3)]
    return _drawn("clock", cells=cells, rows=rows, labels=labels, hours=across, chart=clock)


def _drawn_calendar(
    language: str | None, since: date, until: date, heard_in_year: tuple[tuple[date, int, int], ...]
) -> SafeString:
    """`heard_in_year`: days with their listens and milliseconds."""
    names, heard = {number: str(name) for number, name in MONTHS.items()}, _in_words()
    made = calendar.calendar({day: (listens, ms) for day, listens, ms in heard_in_year}, since, until)
    cells = [
        (x, y, shade, f"{day.day} {names[day.month]} {day.year}", heard(played_ms), listens)
        for x, y, shade, day, listens, played_ms in made.days
    ]
    months = [(x, str(MONTHS_3[day.month]).title()) for x, day in made.months]
    labels = [(WEEKDAYS_ABBR[day], calendar.TOP + day * calendar.STEP) for day in (0, 2, 4)]
    played = [cell for cell, day in zip(cells, made.days, strict=True) if day.played_ms]
    return _drawn(
        "calendar", cells=cells, played=played, months=months, labels=labels, width=made.width, chart=calendar
    )


# Known by all that they show, so that nobody can be given another's. Under DEBUG templates change.
clock_of = _drawn_clock if settings.DEBUG else lru_cache(KEPT)(_drawn_clock)
calendar_of = _drawn_calendar if settings.DEBUG else lru_cache(KEPT)(_drawn_calendar)


@register.simple_tag
def course_chart(course: Course) -> SafeString:
    """Months of a year, or days of a month."""
    names = [name for name, _bar in course.steps]
    is_year = course.kind == "year"
    # Days are too narrow on a phone for all of their numbers.
    days = [str(number) if number % 5 == 0 else "" for number in range(course.first, course.first + len(names))]
    ticks = [name[:3] for name in names] if is_year else days
    head, caption = (
        (gettext("Month"), gettext("Minutes by month")) if is_year else (gettext("Day"), gettext("Minutes by day"))
    )
    return _drawn("bars", steps=course.steps, ticks=ticks, head=head, caption=caption, chart=bars)


@register.simple_tag
def dial_chart(wedges: list[dial.Wedge]) -> SafeString:
    """Hours of the day."""
    heard = _in_words()
    cells = [(wedge, heard(wedge.played_ms)) for wedge in wedges]
    return _drawn("dial", wedges=cells, labels=dial.LABELS, chart=dial)


@register.simple_tag
def places(rows: list[Row], label: str, is_round: bool = False) -> SafeString:
    """A list of the first ones, with their ranks and how these changed."""
    return _drawn("places", rows=drawn_rows(rows), label=label, is_round=is_round)


def drawn_rows(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    """As the template takes them."""
    said = durations_in_words()
    return [(*row.place, row.named, row.movement, said(row.place.played_ms)) for row in rows]


@register.filter
def minutes(played_ms: int) -> str:
    return number_format(played_ms // 60_000, use_l10n=True, force_grouping=True)


@register.filter
def percent(share: int, whole: int) -> str:
    """ "64 %" of the whole, a dash of nothing."""
    return gettext("%d %%") % round(100 * share / whole) if whole else "–"


def _in_words() -> Callable[[int], str]:
    """Of milliseconds, many of which are the same to the minute."""
    said, nothing = cache(durations_in_words()), gettext("nothing")

    def heard(played_ms: int) -> str:
        minutes = round(played_ms / 60_000)
        return said(minutes * 60_000 if played_ms >= 60_000 else played_ms) if played_ms else nothing

    return heard


def _month(day: date) -> str:
    """As date_format has "M Y", which asks for the language each time."""
    return f"{str(MONTHS_3[day.month]).title()} {day.year}"


def _drawn(name: str, **context: object) -> SafeString:
    return SafeString(engines["jinja2"].get_template(f"charts/{name}.jinja").render(context))
