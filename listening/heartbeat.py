"""Whether a process in the background is alive: it says so every few seconds."""

from django.utils import timezone

from listening.models import Heartbeat

SHIPPER = "ship_listens"
SILENT_AFTER_SECONDS = 30  # more than the shipper's patience with one batch


def beat(name: str = SHIPPER) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": timezone.now()})


def seconds_since(name: str = SHIPPER) -> float | None:
    """None: there never was one."""
    last = Heartbeat.objects.filter(name=name).first()
    return (timezone.now() - last.beat_at).total_seconds() if last else None
