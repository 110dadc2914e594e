"""The rows of the history: fifty of them, so Jinja2 draws them (music/jinja.py)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django import template
from django.template import RequestContext, engines
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from history.choosing import Choice

if TYPE_CHECKING:
    from history.views.history import Row

register = template.Library()


@register.simple_tag(takes_context=True)
def listen_rows(context: RequestContext, rows: "Iterable[Row]", choice: Choice) -> SafeString:
    drawn = (
        engines["jinja2"]
        .get_template("listen_rows.jinja")
        .render(
            {
                "rows": [
                    (row.listen, row.track, row.origin, timezone.localtime(row.listen.started_at)) for row in rows
                ],
                "kept": format_html_join("", '<input type="hidden" name="{}" value="{}">', choice.said.items()),
                "token": format_html(
                    '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', context["csrf_token"]
                ),
                "play_label": gettext("Play %(title)s by %(artist)s"),
            }
        )
    )
    return SafeString(drawn)
