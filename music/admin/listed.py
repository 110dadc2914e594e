from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class OnlyListedAdmin(admin.ModelAdmin):
    """A list with actions for who may change what is in it: nothing is added, opened or deleted here."""

    list_display_links = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
