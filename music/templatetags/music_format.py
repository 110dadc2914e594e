"""Numbers as people read them on a player."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial

from django import template
from django.utils import dateformat
from django.utils.formats import get_format
from django.utils.translation import get_language, gettext, ngettext

register = template.Library()

DAYS_KEPT = 10_000  # some years in each language: a calendar has hundreds, of whoever it is


@register.filter
def clock(duration_ms: int) -> str:
    """Milliseconds as "3:07" or "1:02:33"."""
    minutes, seconds = divmod(round(duration_ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def spoken_duration(duration_ms: int) -> str:
    """Milliseconds as "1 hr 4 min" or "34 sec"."""
    return durations_in_words()(duration_ms)


def durations_in_words() -> Callable[[int], str]:
    """For many: to look the words up is the dearest part."""
    some_minutes, some_hours = gettext("%d min"), gettext("%(hours)d hr %(minutes)d min")

    def said(duration_ms: int) -> str:
        minutes = round(duration_ms / 60_000)
        if duration_ms < 60_000:
            seconds = round(duration_ms / 1000)
            return ngettext("%d sec", "%d sec", seconds) % seconds
        if minutes < 60:
            return some_minutes % minutes
        return some_hours % {"hours": minutes // 60, "minutes": minutes % 60}

    return said


def day_in_words() -> Callable[[date], str]:
    """For many: which format it is need be asked once only."""
    return partial(_day_said, get_language(), get_format("DATE_FORMAT"))


@lru_cache(DAYS_KEPT)
def _day_said(language: str | None, whole: str, day: date) -> str:
    return dateformat.format(day, whole)
