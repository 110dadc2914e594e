"""Whether somebody carries the outbox to MongoDB: the carrier says so every few seconds."""

from django.utils import timezone

from listening.models import Heartbeat

NAME = "ship_listens"
SILENT_AFTER_SECONDS = 15


def beat() -> None:
    Heartbeat.objects.update_or_create(name=NAME, defaults={"beat_at": timezone.now()})


def seconds_since() -> float | None:
    """None: there never was one."""
    last = Heartbeat.objects.filter(name=NAME).first()
    return (timezone.now() - last.beat_at).total_seconds() if last else None
