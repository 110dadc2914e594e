from typing import Any

from django.http import HttpRequest

from users.looks import Accent, Theme


def appearance(request: HttpRequest) -> dict[str, Any]:
    """The colours that the reader picked, kept in cookies so that the first paint is right."""
    return {
        "theme": _known(request.COOKIES.get("theme"), Theme, Theme.AUTO),
        "accent": _known(request.COOKIES.get("accent"), Accent, Accent.VIOLET),
    }


def _known(value: str | None, choices: type[Theme] | type[Accent], otherwise: str) -> str:
    return value if value in choices.values else str(otherwise)
