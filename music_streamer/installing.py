"""What makes a browser offer to install the site, and lets it open without a network."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from music.links import link

WORKER = "theme/sw.js"
OFFLINE_CHUNKS = ("theme/chunks/offline.", "theme/chunks/player.")
SHELL = ("theme/app.css", "theme/contrast.css", "theme/print.css", "theme/app.js", "icon.svg")
CANVAS, PANEL = "#0a0912", "#14121f"


@login_not_required
@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Another text with every build, which is how browsers learn of one; from the root, as it may rule no more."""
    return HttpResponse(_worker(), content_type="text/javascript")


def _built_worker() -> str:
    script = Path(finders.find(WORKER) or "" if settings.DEBUG else staticfiles_storage.path(WORKER)).read_text()
    assets = _assets()
    version = hashlib.sha256(json.dumps([script, assets]).encode()).hexdigest()[:12]
    return f"const BUILD = {json.dumps({'version': version, 'assets': assets})};\n{script}"


_worker = _built_worker if settings.DEBUG else lru_cache(_built_worker)


def _assets() -> list[str]:
    """Addresses of what the page needs that opens without a network.

    Webpack's chunks are asked for by webpack's names, its fonts by those that the stylesheet has been given.
    """
    names = getattr(staticfiles_storage, "hashed_files", {})
    chunks = [settings.STATIC_URL + name for name in names if name.startswith(OFFLINE_CHUNKS)]
    fonts = [static(name) for name in names if name.startswith("theme/assets/") and "-latin-wght-" in name]
    return sorted([*map(static, SHELL), *chunks, *fonts])


@login_not_required
@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    icons = [_icon("icon-192.png", 192), _icon("icon-512.png", 512), _icon("icon-maskable-512.png", 512, "maskable")]
    shortcuts = [(_("Browse"), "browse"), (_("Listening history"), "history"), (_("Kept on this device"), "kept")]
    described = {
        "id": "/",
        "name": "Music Streamer",
        "short_name": "Music",
        "description": _("Your music, your genres, and new tracks picked from what you really finish."),
        "lang": get_language() or settings.LANGUAGE_CODE,
        "start_url": link("home"),
        "scope": "/",
        "display": "standalone",
        "background_color": CANVAS,
        "theme_color": PANEL,
        "categories": ["music"],
        "icons": icons,
        "shortcuts": [{"name": name, "url": link(page), "icons": icons[:1]} for name, page in shortcuts],
    }
    return JsonResponse(described, content_type="application/manifest+json")


def _icon(name: str, pixels: int, purpose: str = "any") -> dict[str, str]:
    return {"src": static(name), "sizes": f"{pixels}x{pixels}", "type": "image/png", "purpose": purpose}
