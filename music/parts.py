"""Parts of pages that Jinja2 draws once for all that they show; what is a page's own is filled in each time."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from operator import itemgetter

from django.conf import settings
from django.template import engines
from django.utils.safestring import SafeString
from django.utils.translation import get_language

Filler = Callable[[Mapping[str, object]], str]
HOLE = re.compile(r"%%|%\((\w+)\)s")


def rendered(name: str, /, **shown: object) -> SafeString:
    return SafeString(engines["jinja2"].get_template(f"{name}.jinja").render(shown))


def part(name: str, own: Mapping[str, object], /, **shown: object) -> SafeString:
    """The part that shows this, with what is its page's `own` in it, escaped."""
    return SafeString(kept(name, *own, **shown)(escaped(own)))


def escaped(own: Mapping[str, object]) -> dict[str, object]:
    """Numbers and what is safe already as they are."""
    return {
        name: text if isinstance(text, (SafeString, int, float)) else escape(str(text)) for name, text in own.items()
    }


def kept(name: str, /, *own: str, **shown: object) -> Filler:
    """The part as it is for every page, in the reader's language, that waits for what the names in `own` stand for."""
    return _kept(get_language(), name, own, **shown)


def filler(text: str) -> Filler:
    """What `text % names` does, in half the time: which name belongs where is found out once."""
    names = [name for name in HOLE.findall(text) if name]
    if not names:
        whole = text % ()
        return lambda _own: whole
    holes, in_order = HOLE.sub(lambda found: "%s" if found[1] else "%%", text), itemgetter(*names)
    return lambda own: holes % in_order(own)


def _drawn(_language: str | None, name: str, own: tuple[str, ...], /, **shown: object) -> Filler:
    marks = {each: f"\0{each}\0" for each in own}
    text = rendered(name, **shown, **marks).replace("%", "%%")
    for each, mark in marks.items():
        text = text.replace(mark, f"%({each})s")
    return filler(text)


# Parts are known by all that they show, so that nobody can be given those of another. Under DEBUG templates change.
_kept = _drawn if settings.DEBUG else lru_cache(maxsize=1000)(_drawn)
