"""Where listens that our own player did not tell came from, in words."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from history.imports.rows import Format
from history.models import ListenImport
from listening.store import Listen

IMPORT, DEVICE = "import:", "device:"
SERVICES = {
    Format.LISTENBRAINZ.value: "ListenBrainz",
    Format.LASTFM.value: "Last.fm",
    Format.SPOTIFY.value: "Spotify",
    Format.SPOTIFY_ACCOUNT.value: "Spotify",
    Format.MUSIC_STREAMER.value: "Music Streamer",
}


def origins_in_words(user: Any, listens: Iterable[Listen]) -> dict[str, str]:
    """By origin; our own player, "", has no words."""
    origins = {listen.origin for listen in listens if listen.origin}
    ids = [origin.removeprefix(IMPORT) for origin in origins if origin.startswith(IMPORT)]
    formats = dict(ListenImport.objects.filter(user=user, pk__in=ids).values_list("pk", "format")) if ids else {}
    services = {f"{IMPORT}{pk}": SERVICES.get(name, "") for pk, name in formats.items()}
    return {origin: _words(origin, services.get(origin, "")) for origin in origins}


def _words(origin: str, service: str) -> str:
    if origin.startswith(DEVICE):
        return _("from another device")
    return _("from %s") % service if service else _("imported")
