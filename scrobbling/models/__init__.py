from scrobbling.models.devices import DeviceToken, PlayingNow
from scrobbling.models.services import Scrobble, Service, ServiceConnection, Trouble

__all__ = ["DeviceToken", "PlayingNow", "Scrobble", "Service", "ServiceConnection", "Trouble"]
