"""The rows of the history: fifty of them, so Jinja2 draws them (music/jinja.py)."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.template import RequestContext, engines
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from history.choosing import Choice
from music.templatetags.music_format import day_in_words

if TYPE_CHECKING:
    from history.views.history import Row

register = template.Library()


@register.simple_tag(takes_context=True)
def listened_days(context: RequestContext, days: "Iterable[tuple[date, list[Row]]]", choice: Choice) -> SafeString:
    """Rows by day, the latest first."""
    said, weekdays = day_in_words(), {key: str(name) for key, name in WEEKDAYS.items()}
    drawn = [
        (day.isoformat(), in_words := said(day), _on(weekdays[day.weekday()], in_words), list(map(_drawn, rows)))
        for day, rows in days
    ]
    shown = {
        "days": drawn,
        "is_everything": choice.is_everything,
        "kept": format_html_join("", '<input type="hidden" name="{}" value="{}">', choice.said.items()),
        "token": format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', context["csrf_token"]),
        "play_label": gettext("Play %(title)s by %(artist)s"),
    }
    return SafeString(engines["jinja2"].get_template("listened_days.jinja").render(shown))


@register.simple_tag
def options(field: Mapping[str, Any]) -> SafeString:
    """Of a <select>: genres are many, and the same for each page."""
    return _options(tuple((value, str(text)) for value, text in field["options"]), field["chosen"])


@lru_cache(maxsize=64)
def _options(offered: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, SafeString(" selected") if value == chosen else "", text) for value, text in offered),
    )


def _on(weekday: str, day: str) -> str:
    return gettext("%(weekday)s %(day)s") % {"weekday": weekday, "day": day}


def _drawn(row: "Row") -> tuple[Any, ...]:
    return row.listen, row.track, row.origin, timezone.localtime(row.listen.started_at)
