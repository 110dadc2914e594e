"""Where listens that our own player did not tell came from, in words."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from history.imports.rows import Format
from history.models import ListenImport
from listening.store import Listen
from scrobbling.models import DeviceToken

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
    names = {f"{IMPORT}{pk}": SERVICES.get(name, "") for pk, name in formats.items()}
    if any(origin.startswith(DEVICE) for origin in origins):
        names |= {device.origin: device.name for device in DeviceToken.objects.filter(user=user)}
    return {origin: _words(origin, names.get(origin, "")) for origin in origins}


def _words(origin: str, name: str) -> str:
    if name:
        return _("from %s") % name
    return _("from another device") if origin.startswith(DEVICE) else _("imported")
