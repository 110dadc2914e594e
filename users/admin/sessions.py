"""Where people are signed in, and to end it one by one."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from music.admin.listed import OnlyListedAdmin
from music.admin.log import note
from music.admin.portions import in_portions
from users.device_sessions import end_sessions
from users.models import UserSession


@admin.register(UserSession)
class UserSessionAdmin(OnlyListedAdmin):
    list_display = ["user", "browser", "system", "network", "created_at", "last_used_at"]
    list_filter = ["last_used_at"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    search_help_text = _("By the name of who is signed in.")
    ordering = ["-pk"]
    actions = ["end"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[UserSession]:
        """Those of superusers are for superusers to end."""
        sessions = super().get_queryset(request)
        return sessions if request.user.is_superuser else sessions.filter(user__is_superuser=False)

    @admin.action(description=_("End"), permissions=["change"])
    def end(self, request: HttpRequest, sessions: QuerySet[UserSession]) -> None:
        count = 0
        for some in in_portions(sessions):
            note(
                request,
                {each.user for each in some.select_related("user")},
                gettext("Signed out of one or more devices."),
            )
            count += end_sessions(some)
        self.message_user(request, ngettext("%d session is ended.", "%d sessions are ended.", count) % count)
