from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from music.admin.listed import OnlyListedAdmin
from music.admin.log import note
from music.admin.portions import in_portions
from sharing.links import revoke
from sharing.models import Share


@admin.register(Share)
class ShareAdmin(OnlyListedAdmin):
    """Which links lead in from outside, and to turn them off. Nobody is shown an address: who has it could use it.
    Its owner sees that it is turned off.
    """

    list_display = ["what", "kind", "owner", "state", "plays", "created_at", "expires_at", "last_used_at"]
    list_filter = ["created_at", "expires_at", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["owner", "track", "album", "playlist"]
    search_fields = ["owner__username"]
    search_help_text = _("By the name of who made them.")
    actions = ["turn_off"]

    @admin.display(description=_("shows"))
    def what(self, share: Share) -> str:
        return str(share.track or share.album or share.playlist or "–")

    @admin.display(description=_("kind"))
    def kind(self, share: Share) -> str:
        return {"track": gettext("Track"), "album": gettext("Album"), "playlist": gettext("Playlist")}[share.kind]

    @admin.display(description=_("state"))
    def state(self, share: Share) -> str:
        return {"live": gettext("works"), "expired": gettext("is over"), "revoked": gettext("is turned off")}[
            share.state
        ]

    @admin.action(description=_("Turn off"), permissions=["change"])
    def turn_off(self, request: HttpRequest, shares: QuerySet[Share]) -> None:
        count = 0
        for some in in_portions(shares.filter(revoked_at=None)):
            for share in some:
                revoke(share)
            note(request, some, gettext("Turned off."))
            count += len(some)
        self.message_user(request, ngettext("%d link is turned off.", "%d links are turned off.", count) % count)
