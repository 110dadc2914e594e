"""What the scripts say in other languages than theirs: a catalogue that a page loads first; English needs none."""

import hashlib
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.i18n import JavaScriptCatalog

A_YEAR_SECONDS = 365 * 24 * 3600


@method_decorator(login_not_required, name="dispatch")
@method_decorator(cache_control(public=True, immutable=True, max_age=A_YEAR_SECONDS), name="dispatch")
class Catalogue(JavaScriptCatalog):
    """Known by what is in it, so that it is never asked for again."""

    packages = ["music_streamer"]

    def get(self, request: HttpRequest, language: str, version: str) -> HttpResponse:
        if language not in dict(settings.LANGUAGES):
            raise Http404
        with translation.override(language):
            return super().get(request)

    def get_paths(self, packages: Any) -> list[str]:
        """Ours alone, without those of Django's own admin."""
        return [str(path) for path in settings.LOCALE_PATHS]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Without formats: the scripts ask the browser for those."""
        return {"catalog": self.get_catalog(), "formats": {}, "plural": self.get_plural()}


def _catalogue_address(language: str) -> str:
    """ "" where the scripts need none."""
    made = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "djangojs.mo"
    if not made.exists():
        return ""
    version = hashlib.sha256(made.read_bytes()).hexdigest()[:12]
    return reverse("catalogue", args=[language, version])


catalogue_address = _catalogue_address if settings.DEBUG else lru_cache(_catalogue_address)
