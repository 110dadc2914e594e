"""What a server does before it serves."""

import gc
from contextlib import suppress
from importlib import import_module

from django.conf import settings
from django.db import OperationalError, connection
from django.template.loader import get_template

from music import search
from music.views.search import SUGGESTED, SUGGESTIONS


def get_ready() -> None:
    """Whatever would otherwise be done while the first reader waits."""
    for module in (settings.ROOT_URLCONF, "recommendations.ladder", "recommendations.artefacts"):
        import_module(module)
    with suppress(OperationalError):  # of a database that is not there yet; then the first question is written later
        search.get_ready(SUGGESTED)
    connection.close()
    get_template(SUGGESTIONS)
    gc.freeze()  # all that is loaded by now stays; to look through it for garbage held up a page now and then
