from django.contrib import admin

from music.admin.listed import LookedUpAdmin
from uploads.models import Upload


@admin.register(Upload)
class UploadAdmin(LookedUpAdmin):
    """To look up what became of a file. What is to become of it is for its sender and for the sweep."""

    list_display = ["filename", "user", "state", "state_since", "size_bytes", "reason"]
    list_filter = ["state", "created_at"]
    list_select_related = ["user"]
    search_fields = ["filename", "user__username"]
