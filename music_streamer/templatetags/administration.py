from typing import Any

from django import template

from history.templatetags.charts import grouped
from music_streamer import dashboard

register = template.Library()
register.filter(grouped)


@register.simple_tag
def dashboard_figures() -> dict[str, Any]:
    return dashboard.dashboard()
