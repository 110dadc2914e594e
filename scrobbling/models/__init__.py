from scrobbling.models.devices import DeviceToken, PlayingNow

__all__ = ["DeviceToken", "PlayingNow"]
