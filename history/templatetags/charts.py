"""The drawings of the numbers, with a table behind each: hundreds of cells, so Jinja2 draws them (music/jinja.py)."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from html import escape
from itertools import chain

from django import template
from django.conf import settings
from django.template import engines
from django.utils.dates import MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format, get_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from history.charts import bars, calendar, clock, dial, river
from history.charts.shades import most_of, shade
from history.numbers import Numbers, Row
from history.reviews.review import Course
from music.parts import escaped, kept, part
from music.templatetags.music_format import day_in_words, durations_in_words

register = template.Library()

TICKS = 4  # as many names of months have room side by side on a phone
SHOWN_BY_ITS_END = 0.55  # of a year: a phone has room for the rest of it
KEPT = 64
MONTHS_KEPT = 1_000
TIMES_KEPT = 10_000  # the minutes of a day, in each language


def clock_chart(numbers: Numbers) -> SafeString:
    """Hours of the week."""
    arrays = numbers.figures.each("clock").arrays
    return clock_of(get_language(), tuple(zip(*(column.tolist() for column in arrays), strict=True)))


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
    minutes = zip(*([played_ms // 60_000 for played_ms in band.values] for band, _name in bands), strict=True)
    rows = zip(months, minutes, strict=True)
    return _drawn("river", bands=bands, rows=rows, ticks=ticks, chart=river)


def _drawn_clock(language: str | None, hours: tuple[tuple[int, int, int], ...]) -> SafeString:
    """`hours`: of the week, with listens and milliseconds."""
    heard, most = _in_words(), most_of(played_ms for _hour, _listens, played_ms in hours)
    own = {hour: (shade(played_ms, most), heard(played_ms, count)) for hour, count, played_ms in hours}
    listens = {hour: count for hour, count, _played_ms in hours}
    silent, week = (0, heard(0)), range(clock.HOURS)
    cells = chain.from_iterable(own.get(hour, silent) for hour in week)
    return SafeString(_clock_for_all(language) % (*cells, *(listens.get(hour, 0) for hour in week)))


def _drawn_clock_for_all(language: str | None) -> str:
    days = [str(WEEKDAYS[day]) for day in range(7)]
    cells = [(cell.x, cell.y, f"{days[cell.weekday]} {cell.hour:02}:00") for cell in clock.clock({})]
    labels = [(WEEKDAYS_ABBR[day], clock.TOP + day * clock.DOWN) for day in range(7)]
    across = [(hour, clock.LEFT + hour * clock.ACROSS) for hour in range(0, 24, 3)]
    return _for_all("clock", cells=cells, days=days, labels=labels, hours=across, chart=clock)


def _drawn_calendar(
    language: str | None, since: date, until: date, heard_in_year: tuple[tuple[date, int, int], ...]
) -> SafeString:
    """`heard_in_year`: days with their listens and milliseconds."""
    said, heard = day_in_words(), _in_words()
    most = most_of(played_ms for _day, _listens, played_ms in heard_in_year)
    own = {day: (shade(played_ms, most), heard(played_ms, listens)) for day, listens, played_ms in heard_in_year}
    silent, row = (0, heard(0)), kept("charts/calendar_row", "label", "listens", "heard")
    cells = chain.from_iterable(own.get(day, silent) for day in calendar.days_from(since, until))
    rows = [
        row({"label": said(day), "listens": listens, "heard": own[day][1]})
        for day, listens, played_ms in heard_in_year
        if listens or played_ms
    ]
    return SafeString(
        _calendar_for_all(language, since, until) % (_begin(since, until, heard_in_year), *cells, "".join(rows))
    )


def _begin(since: date, until: date, heard_in_year: tuple[tuple[date, int, int], ...]) -> str:
    """Which end of the calendar a screen too narrow for it shows first: that with the latest days that have plays.

    It is the scroller's direction, not the drawing's, so that no script has to move it.
    """
    latest = max((day for day, *_heard in heard_in_year), default=since)
    return "rtl" if (latest - since) / (until - since) > SHOWN_BY_ITS_END else "ltr"


def _drawn_calendar_for_all(language: str | None, since: date, until: date) -> str:
    said, made = day_in_words(), calendar.calendar({}, since, until)
    cells = [(x, y, said(day)) for x, y, _shade, day, *_heard in made.days]
    months = [(x, str(MONTHS_3[day.month]).title()) for x, day in made.months]
    labels = [(WEEKDAYS_ABBR[day], calendar.TOP + day * calendar.STEP) for day in (0, 2, 4)]
    return _for_all("calendar", cells=cells, months=months, labels=labels, width=made.width, chart=calendar)


def _for_all(name: str, **shown: object) -> str:
    """A chart that waits for what is a reader's own, in its order: of hundreds of cells."""
    mark = "\0"
    return _drawn(name, own=mark, **shown).replace("%", "%%").replace(mark, "%s")


# Known by all that they show, so that nobody can be given another's. Under DEBUG templates change.
clock_of = _drawn_clock if settings.DEBUG else lru_cache(KEPT)(_drawn_clock)
calendar_of = _drawn_calendar if settings.DEBUG else lru_cache(KEPT)(_drawn_calendar)
_clock_for_all = _drawn_clock_for_all if settings.DEBUG else lru_cache(KEPT)(_drawn_clock_for_all)
_calendar_for_all = _drawn_calendar_for_all if settings.DEBUG else lru_cache(KEPT)(_drawn_calendar_for_all)


@register.simple_tag
def course_chart(course: Course) -> SafeString:
    """Months of a year, or days of a month."""
    is_year = course.kind == "year"
    # Days are too narrow on a phone for all of their numbers.
    numbers = range(course.first, course.first + len(course.steps))
    ticks = [str(MONTHS_3[at]).title() if is_year else str(at) if at % 5 == 0 else "" for at in numbers]
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
    heard, language = _in_words(), get_language()
    lines = [
        _place(row, is_round, _listens(language, listens), _ours(heard(row.place.played_ms, listens)))
        for row in rows
        for listens in [row.place.listens]
    ]
    return part("charts/places", {"label": label, "rows": SafeString("".join(lines))})


def _place(row: Row, is_round: bool, listens: SafeString, time: SafeString) -> str:
    place, shown, (kind, movement) = row
    own = {
        "rank": place.rank,
        "name": shown.name,
        "by": shown.by,
        "href": shown.href,
        "picture": shown.picture,
        "share": place.share,
        "listens": listens,
        "time": time,
        "movement": _ours(movement),
        "steps": abs((place.was or place.rank) - place.rank),
    }
    draw = kept("charts/place", *own, is_round=is_round, kind=kind, has_by=bool(shown.by), has_page=bool(shown.href))
    return draw(escaped(own))


@lru_cache(TIMES_KEPT)
def _listens(language: str | None, count: int) -> SafeString:
    return _ours(ngettext("%(shown)s listen", "%(shown)s listens", count) % {"shown": grouped(count)})


@lru_cache(TIMES_KEPT)
def _ours(words: str) -> SafeString:
    """Escaped once: a page has the same ones many times."""
    return SafeString(escape(words))


@register.filter
def minutes(played_ms: int) -> str:
    return grouped(played_ms // 60_000)


def grouped(number: int) -> str:
    """1234 as "1,234"."""
    return number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def percent(share: int, whole: int) -> str:
    """ "64 %" of the whole, a dash of nothing."""
    return gettext("%d %%") % round(100 * share / whole) if whole else "–"


def _in_words() -> Callable[..., str]:
    """Of milliseconds, many of which are the same to the minute; that of listens without a length is unknown."""
    language, unknown = get_language(), gettext("time unknown")

    def heard(ms: int, listens: int = 0) -> str:
        if listens and not ms:
            return unknown
        return _heard(language, round(ms / 60_000) * 60_000 if ms >= 60_000 else ms)

    return heard


@lru_cache(TIMES_KEPT)
def _heard(language: str | None, played_ms: int) -> str:
    return durations_in_words()(played_ms) if played_ms else gettext("nothing")


def _month(day: date) -> str:
    return _month_said(get_language(), get_format("YEAR_MONTH_FORMAT"), day)


@lru_cache(MONTHS_KEPT)
def _month_said(language: str | None, whole: str, day: date) -> str:
    return date_format(day, whole.replace("F", "M"))


def _drawn(name: str, **context: object) -> SafeString:
    return SafeString(engines["jinja2"].get_template(f"charts/{name}.jinja").render(context))
