"""Where a user's listens are sent, and what of them is still to be sent."""

from datetime import datetime

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from listening.listen import to_ms


def now_ms() -> datetime:
    """As exact as listens are: what begins in the same millisecond did not begin before it."""
    return to_ms(timezone.now())


class Service(models.TextChoices):
    LISTENBRAINZ = "listenbrainz", "ListenBrainz"
    LASTFM = "lastfm", "Last.fm"


class Trouble(models.TextChoices):
    """Why nothing is sent just now, or not any more."""

    UNREACHABLE = "unreachable", _("%(service)s could not be reached.")
    BUSY = "busy", _("%(service)s asked us to slow down.")
    BROKEN = "broken", _("%(service)s had a problem of its own.")
    FULL_DAY = "full day", _("%(service)s takes no more listens of yours today.")
    SITE_KEY = "site key", _("%(service)s does not accept this site's own key. Only its operator can help with that.")
    FAULT = "fault", _("Something went wrong here on the way to %(service)s.")
    BAD_TOKEN = "bad token", _("%(service)s does not know this token. Copy it again, whole.")
    NOT_ALLOWED = "not allowed", _("%(service)s has no permission of yours, or it came too late. Connect again.")
    REVOKED = "revoked", _("%(service)s no longer accepts the connection. Connect again.")
    UNREADABLE = "unreadable", _("This site's secret key has changed, so it cannot read your token. Connect again.")


class ServiceConnection(models.Model):
    """A user's account elsewhere. Listens that began before `since` are not its business.

    `sealed`: the token or session key, encrypted; while Last.fm is being connected, what is exchanged for the key.
    `look_asked_at`: a listen may have counted without anybody here having seen it; the store is to be looked through.
    """

    class State(models.TextChoices):
        CONNECTING = "connecting", _("connecting")
        CONNECTED = "connected", _("connected")
        REFUSED = "refused", _("disconnected by the service")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="services")
    service = models.CharField(_("service"), max_length=12, choices=Service.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.CONNECTING)
    sealed = models.TextField(blank=True, editable=False)
    account = models.CharField(_("name there"), max_length=255, blank=True)
    since = models.DateTimeField(_("since"), default=now_ms)
    trouble = models.CharField(_("trouble"), max_length=11, choices=Trouble.choices, blank=True)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    last_sent_at = models.DateTimeField(_("last sent"), null=True)
    is_unread = models.BooleanField(default=False)
    playing = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    playing_until = models.DateTimeField(null=True)
    look_asked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("connection to a service")
        verbose_name_plural = _("connections to services")
        constraints = [models.UniqueConstraint(fields=["user", "service"], name="one_connection_per_service")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.service}"

    @property
    def trouble_in_words(self) -> str:
        return str(Trouble(self.trouble).label) % {"service": self.get_service_display()} if self.trouble else ""


class Scrobble(models.Model):
    """A listen on its way to a service. It stays for a while after it was sent, so that it is not sent again."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        DROPPED = "dropped", _("not accepted")

    connection = models.ForeignKey(ServiceConnection, models.CASCADE, related_name="scrobbles")
    event_id = models.CharField(max_length=36)
    started_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "event_id"], name="scrobbled_once")]
        indexes = [
            models.Index(
                fields=["connection", "started_at", "id"], condition=models.Q(state="waiting"), name="scrobble_waiting"
            ),
            models.Index(
                fields=["connection", "-started_at"], condition=models.Q(state="dropped"), name="scrobble_dropped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id}:{self.event_id}"
