"""Jinja2 for what every page shows and what a page repeats: Django's own engine took twenty times as long for a row."""

from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext, ngettext
from jinja2 import Environment
from markupsafe import Markup

from music.links import link, pattern
from music.templatetags.music_format import clock
from theme.templatetags.lucide import lucide


def environment(**options: Any) -> Environment:
    made = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, **options)  # noqa: S701 Django turns autoescape on
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"_": gettext, "link": link, "pattern": pattern, "lucide": _icon, "static": static}
    made.filters["clock"] = clock
    return made


def _icon(name: str, size: int = 24, **attributes: str) -> Markup:
    return Markup(lucide(name, size=size, aria_hidden="true", **attributes))  # noqa: S704 a drawing of ours
