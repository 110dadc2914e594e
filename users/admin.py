from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from uploads import quotas
from uploads.models import UploadQuota
from users.deletion import delete_account
from users.models import CustomUser, UserProfile


class ProfileInline(admin.StackedInline):
    model = UserProfile
    can_delete = False
    filter_horizontal = ["favourite_genres"]


class QuotaInline(admin.StackedInline):
    model = UploadQuota
    readonly_fields = ["used"]
    fieldsets = [
        (
            None,
            {
                "fields": ["used", "max_bytes", "max_tracks"],
                "description": _("What is left empty sets no limit. One GB is 1073741824 bytes."),
            },
        )
    ]

    @admin.display(description=_("used now"))
    def used(self, quota: UploadQuota) -> str:
        if quota.user_id is None:
            return ""
        usage = quotas.usage(quota.user)
        tracks = ngettext("%d track", "%d tracks", usage.tracks) % usage.tracks
        return f"{filesizeformat(usage.bytes)}, {tracks}"


@admin.register(CustomUser)
class CustomUserAdmin(UserAdmin):
    inlines = [ProfileInline, QuotaInline]
    list_display = ["username", "email", "display_name", "is_active", "is_staff", "date_joined", "last_login"]
    list_filter = ["is_active", "is_staff", "profile__favourite_genres", "date_joined"]
    list_select_related = ["profile"]
    search_fields = ["username", "email", "profile__display_name"]
    actions = ["deactivate", "activate"]

    @admin.display(description=_("display name"), ordering="profile__display_name")
    def display_name(self, user: CustomUser) -> str:
        return user.profile.display_name

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """The profile is made by the signal once the user is saved, so the add page has none to show."""
        return self.inlines if obj else []

    @admin.action(description=_("Deactivate selected users"), permissions=["change"])
    def deactivate(self, request: HttpRequest, users: QuerySet[CustomUser]) -> None:
        count = users.exclude(username=request.user.get_username()).update(is_active=False)
        self.message_user(request, _("%d deactivated. They can no longer sign in.") % count)

    @admin.action(description=_("Activate selected users"), permissions=["change"])
    def activate(self, request: HttpRequest, users: QuerySet[CustomUser]) -> None:
        self.message_user(request, _("%d activated.") % users.update(is_active=True))

    def delete_model(self, request: HttpRequest, obj: CustomUser) -> None:
        delete_account(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CustomUser]) -> None:
        for user in queryset:
            delete_account(user)
