from typing import Any

from django.http import HttpRequest

from users.looks import Accent, Theme

THEMES, ACCENTS = frozenset(Theme.values), frozenset(Accent.values)  # made once: every page asks


def appearance(request: HttpRequest) -> dict[str, Any]:
    """The colours that the reader picked, kept in cookies so that the first paint is right."""
    return {
        "theme": _known(request.COOKIES.get("theme"), THEMES, Theme.AUTO),
        "accent": _known(request.COOKIES.get("accent"), ACCENTS, Accent.VIOLET),
    }


def _known(value: str | None, choices: frozenset[str], otherwise: str) -> str:
    return value if value in choices else str(otherwise)
