"""The services that this site can send listens to: each behind a small door that speaks its rules."""

from scrobbling.models import Service
from scrobbling.services.door import Door
from scrobbling.services.lastfm import LastFm
from scrobbling.services.listenbrainz import ListenBrainz

DOORS: dict[str, Door] = {Service.LISTENBRAINZ: ListenBrainz(), Service.LASTFM: LastFm()}
