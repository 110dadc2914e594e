from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from music.admin.listed import LookedUpAdmin
from scrobbling.models import Scrobble, ServiceConnection


@admin.register(ServiceConnection)
class ServiceConnectionAdmin(LookedUpAdmin):
    """To look up how somebody's scrobbling fares. It is theirs to change; nobody sees a token."""

    list_display = [
        "user",
        "service",
        "state",
        "account",
        "waiting",
        "trouble",
        "next_try_at",
        "last_sent_at",
    ]
    list_filter = ["service", "state"]
    list_select_related = ["user"]
    search_fields = ["user__username", "account"]
    fields = [
        "user", "service", "state", "account", "waiting", "trouble", "failures", "next_try_at", "last_sent_at", "since",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceConnection]:
        is_waiting = Q(scrobbles__state=Scrobble.State.WAITING)
        return super().get_queryset(request).annotate(waiting=Count("scrobbles", filter=is_waiting))

    @admin.display(description=_("waiting"), ordering="waiting")
    def waiting(self, connection: Any) -> int:
        return int(connection.waiting)
