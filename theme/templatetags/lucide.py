"""{% lucide %} as the package has it, each drawing made once: a page shows the same dozen again and again."""

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide as drawn

register = template.Library()

# They point where one reads on, or back. What stands for time, as the player's do, is the same everywhere.
DIRECTED = {"arrow-left", "arrow-right", "chevron-left", "chevron-right", "log-out", "undo-2"}


@register.simple_tag
def lucide(name: str, *, size: int | None = 24, **attributes: object) -> SafeString:
    return _kept(name, size, tuple(attributes.items()))


@lru_cache(maxsize=256)
def _kept(name: str, size: int | None, attributes: tuple[tuple[str, object], ...]) -> SafeString:
    shown = dict(attributes)
    if name in DIRECTED:
        shown["class"] = f"directed {shown.get('class', '')}".strip()
    return SafeString(drawn(name, size=size, **shown))
