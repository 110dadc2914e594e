from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from uploads.models import Upload


@admin.register(Upload)
class UploadAdmin(admin.ModelAdmin):
    """To look up what became of a file. What is to become of it is for its sender and for the sweep."""

    list_display = ["filename", "user", "state", "state_since", "size_bytes", "reason"]
    list_filter = ["state", "created_at"]
    list_select_related = ["user"]
    search_fields = ["filename", "user__username"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
