"""Which services the operator has set up. Apart from their doors: pages need no HTTP client."""

from django.conf import settings

from scrobbling.models import Service


def offered() -> list[str]:
    is_set_up = {Service.LISTENBRAINZ: settings.LISTENBRAINZ_URL, Service.LASTFM: settings.LASTFM_API_KEY}
    return [service.value for service, setting in is_set_up.items() if setting]
