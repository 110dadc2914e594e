from typing import Any

from django.http import HttpRequest

THEMES = ("auto", "dark", "light")


def appearance(request: HttpRequest) -> dict[str, Any]:
    """The colour theme that the reader picked, kept in a cookie so that the first paint is right."""
    theme = request.COOKIES.get("theme", "auto")
    return {"theme": theme if theme in THEMES else "auto"}
