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
    album_id = models.BigIntegerField(default=0)
    album_title = models.CharField(max_length=255, blank=True)
    recording_mbid = models.CharField(max_length=36, blank=True)
    isrc = models.CharField(max_length=12, blank=True)
    origin = models.CharField(max_length=44, blank=True)
    is_left_out = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "-started_at", "-event_id"], name="listen_history"),
            models.Index(fields=["user_id", "heard", "track_id"], name="listen_heard"),
            models.Index(fields=["user_id", "artist_id", "-started_at", "-event_id"], name="listen_by_artist"),
            models.Index(fields=["track_id"], condition=models.Q(track_id__lt=0), name="listen_unmatched"),
            models.Index(
                fields=["recording_mbid"],
                condition=models.Q(track_id__lt=0) & ~models.Q(recording_mbid=""),
                name="listen_unmatched_mbid",
            ),
            models.Index(
                fields=["isrc"], condition=models.Q(track_id__lt=0) & ~models.Q(isrc=""), name="listen_unmatched_isrc"
            ),
            models.Index(
                fields=["user_id", "-completed_at", "track_id"],
                condition=models.Q(completed_at__isnull=False, is_left_out=False),
                name="listen_of_taste",
            ),
            models.Index(
                fields=["user_id", "skipped", "is_left_out", "track_id"],
                condition=models.Q(skipped=True, is_left_out=False),
                name="listen_skipped",
            ),
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


class LeftOut(models.Model):
    """What a user does not want to be known by: no listen of it counts for their taste."""

    class Kind(models.TextChoices):
        TRACK = "track"
        ALBUM = "album"
        PLAYLIST = "playlist"

    user_id = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    target_id = models.BigIntegerField()
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "kind", "target_id"], name="left_out_once")]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.kind}:{self.target_id}"


class PrivateSession(models.Model):
    """A time in which nothing that a user plays is recorded; without an end it lasts."""

    user_id = models.BigIntegerField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user_id", "-began_at"], name="private_session_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user_id"], condition=models.Q(ended_at=None), name="one_private_session_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.began_at}"


class Deletion(models.Model):
    """Listens that a user deleted: hidden at once, erased when there is no way back any more."""

    user_id = models.BigIntegerField()
    selection = models.JSONField(encoder=DjangoJSONEncoder)
    count = models.PositiveIntegerField()
    erase_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["user_id", "erase_at"], name="deletion_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.selection}"


class ClosedAccount(models.Model):
    """Whose listens were erased, and are erased once more when whatever was under way meanwhile has landed."""

    user_id = models.BigIntegerField(primary_key=True)
    erase_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.user_id)


class StaleDay(models.Model):
    """A day, in UTC, on which a user's listens changed since the figures of the days around it were last made."""

    user_id = models.BigIntegerField()
    day = models.DateField()
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "day"], name="one_mark_a_day")]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.day}"


class RollupState(models.Model):
    """In which time zone a user's figures are kept. `is_outdated`: all of them are to be made anew.

    `version` grows each time they were, so that of two who make them at once the slower one notices.
    """

    user_id = models.BigIntegerField(primary_key=True)
    zone = models.CharField(max_length=64)
    is_outdated = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user_id}:{self.zone}"


class Rollup(models.Model):
    """What a user heard in one day, month or year of their own clock: see listening.figures, and columns for how.

    What lies before the latest year is summed up once more: `begin` is that year's first day, which is not in it.
    """

    class Level(models.TextChoices):
        DAY = "day"
        MONTH = "month"
        YEAR = "year"
        PAST = "past"

    user_id = models.BigIntegerField()
    level = models.CharField(max_length=5, choices=Level.choices)
    begin = models.DateField()
    plays = models.PositiveIntegerField()
    listens = models.PositiveIntegerField()
    played_ms = models.PositiveBigIntegerField()
    completed = models.PositiveIntegerField()
    skipped = models.PositiveIntegerField()
    genres = models.JSONField()
    clock = models.BinaryField()
    albums = models.BinaryField()
    artists = models.BinaryField()
    tracks = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "level", "begin"], name="one_rollup_a_period")]
        # Answers statements.days by itself: a row with its names fills half a page, and pages ask for thousands.
        indexes = [
            models.Index(fields=["user_id", "level", "begin", "listens", "played_ms"], name="rollup_days"),
            # And this one listening.everyone.
            models.Index(fields=["level", "begin", "listens", "plays", "skipped"], name="rollup_days_of_all"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.level}:{self.begin}"


class FirstHeard(models.Model):
    """The first day on which a user listened to a track."""

    user_id = models.BigIntegerField()
    track_id = models.BigIntegerField()
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "track_id"], name="first_heard_once")]
        indexes = [models.Index(fields=["user_id", "day"], name="first_heard_by_day")]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.track_id}:{self.day}"


class TrackTotal(models.Model):
    """What a user did with a track of the catalogue, all days together: see `listen.TrackTotals`."""

    user_id = models.BigIntegerField()
    track_id = models.BigIntegerField()
    plays = models.PositiveIntegerField()
    begun = models.PositiveIntegerField()
    finished = models.PositiveIntegerField()
    skipped = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "track_id"], name="one_total_a_track")]
        # Questions over a whole library are answered by it alone.
        indexes = [
            models.Index(
                fields=["user_id", "track_id", "plays", "begun", "finished", "skipped", "last_at"],
                name="track_totals_of_user",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.track_id}"


class HeardName(models.Model):
    """What a track, an artist or an album was called when somebody heard it: the catalogue may not know it any more."""

    class Kind(models.TextChoices):
        TRACK = "track"
        ARTIST = "artist"
        ALBUM = "album"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    target_id = models.BigIntegerField()
    name = models.CharField(max_length=255)
    artist_name = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "target_id"], name="one_name_each")]

    def __str__(self) -> str:
        return self.name
