"""Rows for the embedded store and for the outbox. Ids are plain numbers: listening/ knows neither users nor tracks."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class ListenRow(models.Model):
    event_id = models.CharField(primary_key=True, max_length=36)
    user_id = models.BigIntegerField()
    track_id = models.BigIntegerField()
    title = models.CharField(max_length=255)
    artist_id = models.BigIntegerField()
    artist_name = models.CharField(max_length=255)
    genres = models.JSONField(default=list)
    started_at = models.DateTimeField()
    duration_ms = models.BigIntegerField()
    played_ms = models.BigIntegerField(default=0)
    ended = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True)
    completed = models.BooleanField(default=False)
    completed_at = models.DateTimeField(null=True)
    counted = models.BooleanField(default=False)
    skipped = models.BooleanField(default=False)
    heard = models.BooleanField(default=False)
    source = models.CharField(max_length=120, blank=True)
    client = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "-started_at", "-event_id"], name="listen_history"),
            models.Index(fields=["user_id", "heard", "track_id"], name="listen_heard"),
            models.Index(fields=["user_id", "-completed_at"], name="listen_completed"),
            models.Index(fields=["completed_at", "track_id", "user_id"], name="listen_popular"),
            models.Index(fields=["artist_id", "completed_at", "track_id", "user_id"], name="listen_of_artist"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.event_id}"


class PendingEvent(models.Model):
    """An event that MongoDB has not got yet. Shipped in the order of ids, and then deleted."""

    class Kind(models.TextChoices):
        START = "start"
        PROGRESS = "progress"
        LEFT = "left"
        COMPLETE = "complete"
        FORGET = "forget"

    user_id = models.BigIntegerField()
    event_id = models.CharField(max_length=36, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    received_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["user_id", "id"], name="pending_by_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}:{self.event_id}"


class Lease(models.Model):
    """Who may do a thing that only one may do at a time. It runs out by itself when its holder dies."""

    name = models.CharField(primary_key=True, max_length=60)
    holder = models.CharField(max_length=32)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    name = models.CharField(primary_key=True, max_length=60)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
