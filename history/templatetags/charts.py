"""The drawings of the numbers, with a table behind each: hundreds of cells, so Jinja2 draws them (music/jinja.py)."""

from collections.abc import Callable
from datetime import date
from functools import cache

from django import template
from django.template import engines
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from history.charts import bars, calendar, clock, dial, river
from history.numbers import Numbers, Row
from history.reviews.review import Course
from music.templatetags.music_format import spoken_duration

register = template.Library()

TICKS = 4  # as many names of months have room side by side on a phone


@register.simple_tag
def clock_chart(numbers: Numbers) -> SafeString:
    """Hours of the week."""
    names, heard = [str(WEEKDAYS[day]) for day in range(7)], _in_words()
    cells = [
        (cell.x, cell.y, cell.shade, f"{names[cell.weekday]} {cell.hour:02}:00", heard(cell.played_ms))
        for cell in numbers.clock
    ]
    rows = [(names[day], [cell.listens for cell in numbers.clock[day * 24 : day * 24 + 24]]) for day in range(7)]
    labels = [(WEEKDAYS_ABBR[day], clock.TOP + day * clock.DOWN) for day in range(7)]
    hours = [(hour, clock.LEFT + hour * clock.ACROSS) for hour in range(0, 24, 3)]
    return _drawn("clock", cells=cells, rows=rows, labels=labels, hours=hours, chart=clock)


@register.simple_tag
def calendar_chart(numbers: Numbers) -> SafeString:
    """Days of the year."""
    names, heard = {number: str(name) for number, name in MONTHS.items()}, _in_words()
    cells = [
        (x, y, shade, f"{day.day} {names[day.month]} {day.year}", heard(played_ms), listens)
        for x, y, shade, day, listens, played_ms in numbers.calendar.days
    ]
    months = [(x, str(MONTHS_3[day.month]).title()) for x, day in numbers.calendar.months]
    labels = [(WEEKDAYS_ABBR[day], calendar.TOP + day * calendar.STEP) for day in (0, 2, 4)]
    played = [cell for cell, day in zip(cells, numbers.calendar.days, strict=True) if day.played_ms]
    width = numbers.calendar.width
    return _drawn("calendar", cells=cells, played=played, months=months, labels=labels, width=width, chart=calendar)


@register.simple_tag
def river_chart(numbers: Numbers) -> SafeString:
    """Genres by month."""
    months = [_month(month) for month, _genres in numbers.months]
    every = -(-len(months) // TICKS)
    ticks = [(round(100 * at / max(1, len(months) - 1), 1), months[at]) for at in range(0, len(months), every)]
    return _drawn("river", bands=numbers.river, months=months, ticks=ticks, chart=river)


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
    drawn = [(*row.place, row.named, row.movement, spoken_duration(row.place.played_ms)) for row in rows]
    return _drawn("places", rows=drawn, label=label, is_round=is_round)


@register.filter
def minutes(played_ms: int) -> str:
    return number_format(played_ms // 60_000, use_l10n=True, force_grouping=True)


@register.filter
def percent(share: int, whole: int) -> str:
    """ "64 %" of the whole, a dash of nothing."""
    return gettext("%d %%") % round(100 * share / whole) if whole else "–"


def _in_words() -> Callable[[int], str]:
    """Of milliseconds. To translate is the dearest part, and many are the same to the minute."""
    said, nothing = cache(spoken_duration), gettext("nothing")

    def heard(played_ms: int) -> str:
        minutes = round(played_ms / 60_000)
        return said(minutes * 60_000 if played_ms >= 60_000 else played_ms) if played_ms else nothing

    return heard


def _month(day: date) -> str:
    return date_format(day, "M Y")


def _drawn(name: str, **context: object) -> SafeString:
    return SafeString(engines["jinja2"].get_template(f"charts/{name}.jinja").render(context))
