"""Numbers as people read them on a player."""

from django import template
from django.utils.translation import gettext, ngettext

register = template.Library()


@register.filter
def clock(duration_ms: int) -> str:
    """Milliseconds as "3:07" or "1:02:33"."""
    minutes, seconds = divmod(round(duration_ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def spoken_duration(duration_ms: int) -> str:
    """Milliseconds as "1 hr 4 min" or "34 sec"."""
    minutes = round(duration_ms / 60_000)
    if duration_ms < 60_000:
        seconds = round(duration_ms / 1000)
        return ngettext("%d sec", "%d sec", seconds) % seconds
    if minutes < 60:
        return gettext("%d min") % minutes
    return gettext("%(hours)d hr %(minutes)d min") % {"hours": minutes // 60, "minutes": minutes % 60}
