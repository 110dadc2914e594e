"""What staff did, to read and not to change."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext_lazy as _

from music.admin.listed import LookedUpAdmin


@admin.register(LogEntry)
class LogEntryAdmin(LookedUpAdmin):
    list_display = ["action_time", "user", "what", "content_type", "object_repr", "message"]
    list_display_links = None
    list_filter = ["action_flag", "action_time", "content_type"]
    list_select_related = ["user", "content_type"]
    search_fields = ["user__username", "object_repr", "change_message"]

    @admin.display(description=_("action"), ordering="action_flag")
    def what(self, entry: LogEntry) -> str:
        return entry.get_action_flag_display()

    @admin.display(description=_("what changed"))
    def message(self, entry: LogEntry) -> str:
        return entry.get_change_message()
