"""Playlists in the administration, as far as others see them: what is private is its owner's alone."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from music.admin.log import note
from music.admin.portions import in_portions
from music.files import discard_files
from playlists.models import Playlist, SmartPlaylist
from playlists.models.showing import Visibility


class SeenPlaylistAdmin(admin.ModelAdmin):
    list_display = ["name", "owner", "visibility", "changed_at"]
    list_filter = ["visibility", "changed_at"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username"]
    ordering = ["-pk"]
    actions = ["make_private"]
    show_full_result_count = False
    fields = ["name", "owner", "visibility", "changed_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).exclude(visibility=Visibility.PRIVATE)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Make private: only their owners see them"), permissions=["change"])
    def make_private(self, request: HttpRequest, playlists: QuerySet[Any]) -> None:
        count = 0
        for some in in_portions(playlists):
            note(request, some, gettext("Made private."))
            count += some.update(visibility=Visibility.PRIVATE)
        self.message_user(request, ngettext("%d is private now.", "%d are private now.", count) % count)


@admin.register(Playlist)
class PlaylistAdmin(SeenPlaylistAdmin):
    list_display = ["name", "owner", "visibility", "track_count", "changed_at"]
    search_fields = ["name", "description", "owner__username"]
    actions = ["make_private", "take_cover_away"]
    fields = ["name", "description", "owner", "visibility", "track_count", "changed_at"]

    @admin.action(description=_("Take the cover away"), permissions=["change"])
    def take_cover_away(self, request: HttpRequest, playlists: QuerySet[Playlist]) -> None:
        count = 0
        for some in in_portions(playlists.exclude(cover="")):
            covers = list(some.values_list("cover", flat=True))
            note(request, some, gettext("Cover taken away."))
            count += some.update(cover="")
            discard_files("", *covers)
        self.message_user(request, ngettext("%d cover taken away.", "%d covers taken away.", count) % count)


admin.site.register(SmartPlaylist, SeenPlaylistAdmin)
