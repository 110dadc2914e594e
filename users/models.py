import zoneinfo

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from listening.models import PrivateSession


def is_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("%(name)s is no time zone. One looks like Europe/Lisbon."), params={"name": name})


class CustomUser(AbstractUser):
    """Somebody who listens here. What they tell about themselves is in `profile`."""

    profile: "UserProfile"

    @cached_property
    def listens_privately(self) -> bool:
        """Whether a private session is under way."""
        return PrivateSession.objects.filter(user_id=self.pk, ended_at=None).exists()

    @cached_property
    def is_blocked(self) -> bool:
        """Whether somebody has blocked them."""
        return Block.objects.filter(blocked_id=self.pk).exists()

    @cached_property
    def unread_count(self) -> int:
        """Notifications that they have not read."""
        return Notification.objects.filter(user_id=self.pk, is_read=False).count()


class UserProfile(models.Model):
    """What a listener tells about themselves; what they are seen to like is learned elsewhere."""

    class Audience(models.TextChoices):
        ME = "me", _("Only me")
        FOLLOWERS = "followers", _("People who follow me")
        EVERYONE = "everyone", _("Everyone here")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="profile")
    display_name = models.CharField(_("display name"), max_length=80, blank=True)
    bio = models.TextField(_("about you"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=7, blank=True, choices=settings.LANGUAGES)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[is_time_zone])
    listening_visible_to = models.CharField(
        _("who sees what you listen to"), max_length=9, choices=Audience.choices, default=Audience.ME
    )
    favourite_genres = models.ManyToManyField(
        "music.Genre", verbose_name=_("favourite genres"), blank=True, related_name="fans"
    )

    avatar = models.CharField(_("picture"), max_length=64, blank=True, editable=False)
    needs_approval = models.BooleanField(_("I approve who follows me"), default=True)
    is_listed = models.BooleanField(_("others here find me under People"), default=True)
    show_uploads = models.BooleanField(_("show what I uploaded for everyone"), default=True)
    show_top_artists = models.BooleanField(_("show my top artists"), default=False)
    show_now_listening = models.BooleanField(_("show what I am listening to now"), default=False)
    tells_published = models.BooleanField(_("tell when I publish music"), default=False)
    tells_shared = models.BooleanField(_("tell when I make a playlist public"), default=False)
    tells_starred = models.BooleanField(_("tell what I star"), default=False)
    weekly_digest = models.BooleanField(_("send me a mail each week with what is new"), default=False)

    def __str__(self) -> str:
        return self.display_name or self.user.get_username()


class Follow(models.Model):
    """Somebody follows somebody, or has asked to: then it is not approved yet, and shows them nothing."""

    follower = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="following")
    followed = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="followers")
    asked_at = models.DateTimeField(auto_now_add=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "followed"], name="follow_once"),
            models.CheckConstraint(condition=~models.Q(follower=models.F("followed")), name="follow_no_self"),
        ]
        indexes = [models.Index(fields=["followed", "approved_at"], name="follow_followed")]

    def __str__(self) -> str:
        return f"{self.follower_id} -> {self.followed_id}"


class Block(models.Model):
    """For who is blocked, the blocker is not here."""

    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocked_by")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~models.Q(blocker=models.F("blocked")), name="block_no_self"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} x {self.blocked_id}"


class Notification(models.Model):
    """What somebody is told in the page. `subject` and `url` say what it is about, where that is more than `actor`."""

    class Kind(models.TextChoices):
        FOLLOWER = "follower"
        REQUEST = "request"
        ACCEPTED = "accepted"
        INVITATION = "invitation"
        ALBUM = "album"
        TAKEN_DOWN = "taken_down"
        UPHELD = "upheld"
        PUT_BACK = "put_back"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    album = models.ForeignKey("music.Album", models.CASCADE, null=True, related_name="+")
    takedown = models.ForeignKey("music.Takedown", models.CASCADE, null=True, related_name="+")
    subject = models.CharField(max_length=255, blank=True)
    url = models.CharField(max_length=200, blank=True)
    told_at = models.DateTimeField(default=timezone.now)
    is_read = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "album"], condition=models.Q(album__isnull=False), name="album_told_once"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_of_user"),
            models.Index(fields=["user"], condition=models.Q(is_read=False), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"


class Mute(models.Model):
    """Followed or not, what they do is not told to the muter; they do not learn of it."""

    muter = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mutes")
    muted = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="muted_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muter", "muted"], name="mute_once"),
            models.CheckConstraint(condition=~models.Q(muter=models.F("muted")), name="mute_no_self"),
        ]

    def __str__(self) -> str:
        return f"{self.muter_id} - {self.muted_id}"


class UserSession(models.Model):
    """Where somebody is signed in. It goes with Django's own session, whichever way that one ends."""

    session = models.OneToOneField("sessions.Session", models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="user_sessions")
    browser = models.CharField(_("browser"), max_length=60, blank=True)
    system = models.CharField(_("system"), max_length=60, blank=True)
    network = models.CharField(_("network"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("signed in"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"))

    def __str__(self) -> str:
        if self.browser and self.system:
            return gettext("%(browser)s on %(system)s") % {"browser": self.browser, "system": self.system}
        return self.browser or self.system or gettext("Something unknown")


class SignUpPolicy(models.Model):
    """Who may make an account. There is one row at most; without one, OPEN_SIGNUP says whether everybody may."""

    class Mode(models.TextChoices):
        OPEN = "open", _("Everybody")
        INVITATION = "invitation", _("Whoever has an invitation")
        APPROVAL = "approval", _("Everybody, once they are approved")
        CLOSED = "closed", _("Nobody")

    mode = models.CharField(_("who may sign up"), max_length=10, choices=Mode.choices)
    members_may_invite = models.BooleanField(_("members may invite others"), default=False)
    newcomers_may_upload = models.BooleanField(_("newcomers may upload"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("sign-up")

    def __str__(self) -> str:
        return self.get_mode_display()

    @classmethod
    def current(cls) -> "SignUpPolicy":
        return cls.objects.first() or cls(mode=cls.Mode.OPEN if settings.OPEN_SIGNUP else cls.Mode.CLOSED)


class Invitation(models.Model):
    """A link that lets people in. Only its hash is kept, so whoever reads the database cannot use it."""

    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("made by"), related_name="invitations"
    )
    note = models.CharField(_("for whom"), max_length=80, blank=True)
    uses = models.PositiveIntegerField(_("uses"), default=0)
    max_uses = models.PositiveIntegerField(_("most uses"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    def __str__(self) -> str:
        return self.note or gettext("Invitation %(number)d") % {"number": self.pk or 0}


class SignUpRequest(models.Model):
    """Somebody who has signed up and waits to be let in."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="sign_up_request"
    )
    created_at = models.DateTimeField(_("signed up"), auto_now_add=True)

    class Meta:
        verbose_name = _("person waiting for approval")
        verbose_name_plural = _("people waiting for approval")

    def __str__(self) -> str:
        return self.user.get_username()
