from functools import cache

from allauth.account.auth_backends import AuthenticationBackend
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Exists, OuterRef, Subquery

from listening.models import PrivateSession
from music.compiled import ID, Compiled, compiled
from users.models import Block, CustomUser, Notification, UserProfile

# In the order in which the models have them. Times are left out: nobody asks for them on a page, and if somebody does,
# they are looked up.
OF_USER = ("id", "password", "is_superuser", "username", "first_name", "last_name", "email", "is_staff", "is_active")
OF_PROFILE = (
    *("user_id", "display_name", "bio", "language", "time_zone", "listening_visible_to"),
    *("avatar", "needs_approval", "is_listed", "show_uploads", "show_top_artists", "show_now_listening"),
    *("tells_published", "tells_shared", "tells_starred", "weekly_digest"),
)


class AccountBackend(AuthenticationBackend):
    """Signs in by name or address, and knows who asks together with their profile, which every page needs."""

    def get_user(self, user_id: int) -> CustomUser | None:
        for values in _account().rows({ID: user_id}):
            user = CustomUser.from_db(DEFAULT_DB_ALIAS, OF_USER, values[: len(OF_USER)])
            user.profile = UserProfile.from_db(DEFAULT_DB_ALIAS, OF_PROFILE, values[len(OF_USER) : -3])
            user.listens_privately, user.is_blocked = map(bool, values[-3:-1])
            user.unread_count = values[-1] or 0
            return user if self.user_can_authenticate(user) else None
        return None


@cache
def _account() -> Compiled:
    accounts = CustomUser.objects.filter(pk=ID, profile__isnull=False)
    is_private = Exists(PrivateSession.objects.filter(user_id=OuterRef("pk"), ended_at=None))
    columns = (*OF_USER, *(f"profile__{name}" for name in OF_PROFILE))
    is_blocked = Exists(Block.objects.filter(blocked_id=OuterRef("pk")))
    unread = Notification.objects.filter(user_id=OuterRef("pk"), is_read=False).order_by().values("user_id")
    more = {"is_private": is_private, "blocked": is_blocked, "unread": Subquery(unread.values(count=Count("pk")))}
    return compiled(accounts.annotate(**more).values_list(*columns, *more))
