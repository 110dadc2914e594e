from typing import Any

from django import template

from music_streamer import dashboard

register = template.Library()


@register.simple_tag
def dashboard_figures() -> dict[str, Any]:
    return dashboard.dashboard()
