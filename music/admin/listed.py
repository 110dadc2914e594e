from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class LookedUpAdmin(admin.ModelAdmin):
    """A list to look things up in: nothing is added, changed or deleted here."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OnlyListedAdmin(LookedUpAdmin):
    """A list with actions for who may change what is in it, where nothing is opened either."""

    list_display_links = None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and admin.ModelAdmin.has_change_permission(self, request)
