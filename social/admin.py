from django.contrib import admin

from social.models import Announcement


@admin.register(Announcement)
class AnnouncementAdmin(admin.ModelAdmin):
    list_display = ["text", "level", "begins_at", "ends_at", "for_visitors"]
    list_filter = ["level", "for_visitors", "begins_at"]
    search_fields = ["text"]
    ordering = ["-begins_at"]
    radio_fields = {"level": admin.HORIZONTAL}
    show_full_result_count = False
