from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from music.admin.deleting import DeletingAdmin
from music.admin.genre_filter import GenreFilter
from music.admin.log import note
from music.admin.portions import in_portions
from uploads import quotas
from uploads.models import UploadQuota
from users.admin.factors import SecondFactorMixin
from users.avatars import set_avatar
from users.deletion import delete_account
from users.device_sessions import end_sessions
from users.models import CustomUser, UserProfile, UserSession
from users.roles import Role, role_of, set_role
from users.signing_up import approve, waits

GIGABYTE = 2**30
POWERS: list[Any] = ["is_superuser", "groups", "user_permissions"]


class ProfileInline(admin.StackedInline):
    model = UserProfile
    can_delete = False
    autocomplete_fields = ["favourite_genres"]


class GigabytesField(forms.DecimalField):
    """Shows and takes gigabytes, of 2**30 bytes as everywhere in the product; the value is in bytes."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value / GIGABYTE:.10f}".rstrip("0").rstrip(".") if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        gigabytes = super().clean(value)
        return None if gigabytes is None else round(gigabytes * GIGABYTE)


class QuotaForm(forms.ModelForm):
    max_bytes = GigabytesField(label=_("Gigabytes"), required=False, min_value=0, max_digits=16, decimal_places=10)

    class Meta:
        model = UploadQuota
        fields = ["max_bytes", "max_tracks"]


class QuotaInline(admin.StackedInline):
    model = UploadQuota
    form = QuotaForm
    readonly_fields = ["used"]
    fieldsets = [
        (
            None,
            {
                "fields": ["used", "max_bytes", "max_tracks"],
                "description": _("What is left empty sets no limit."),
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


class SessionInline(admin.TabularInline):
    """To look at; the list of sessions ends one, the action of the list of people all."""

    model = UserSession
    readonly_fields = ["browser", "system", "network", "created_at", "last_used_at"]
    exclude = ["session"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PersonForm(UserChangeForm):
    role = forms.ChoiceField(
        label=capfirst(_("role")),
        choices=Role.choices,
        help_text=_("Moderators and admins may enter this administration. Each may what those before it may."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            self.fields["role"].initial = role_of(self.instance) or Role.LISTENER


@admin.register(CustomUser)
class CustomUserAdmin(SecondFactorMixin, DeletingAdmin, UserAdmin):
    form = PersonForm
    inlines = [ProfileInline, QuotaInline, SessionInline]
    list_display = ["username", "email", "display_name", "role", "is_active", "date_joined", "last_login"]
    list_filter = ["groups", "is_active", "is_superuser", ("profile__favourite_genres", GenreFilter), "date_joined"]
    list_select_related = ["profile"]
    search_fields = ["username", "email", "profile__display_name"]
    actions = ["deactivate", "activate", "sign_out", "take_picture_away", "remove_second_factor"]
    fieldsets = [
        (None, {"fields": ["username", "password", "email", "role", "is_active"]}),
        (_("Powers beyond the role"), {"fields": POWERS, "classes": ["collapse"]}),
        (_("Important dates"), {"fields": ["last_login", "date_joined"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CustomUser]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("role"))
    def role(self, user: CustomUser) -> str:
        if user.is_superuser:
            return gettext("Superuser")
        role = role_of(user)
        return str(role.label) if role else "–"

    @admin.display(description=_("display name"), ordering="profile__display_name")
    def display_name(self, user: CustomUser) -> str:
        return user.profile.display_name

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """The profile is made by the signal once the user is saved, so the add page has none to show."""
        return self.inlines if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Whoever could hand these out could have them."""
        return [] if request.user.is_superuser else POWERS

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "role" in form.cleaned_data:
            set_role(form.instance, Role(form.cleaned_data["role"]))
        if form.instance.is_active and waits(form.instance):
            approve(form.instance)

    @admin.action(description=_("Deactivate selected users"), permissions=["change"])
    def deactivate(self, request: HttpRequest, users: QuerySet[CustomUser]) -> None:
        count = 0
        for some in in_portions(_to_touch(request, users).exclude(pk=request.user.pk or 0)):
            note(request, some, gettext("Deactivated."))
            count += some.update(is_active=False)
        self.message_user(request, _("%d deactivated. They can no longer sign in.") % count)

    @admin.action(description=_("Activate selected users"), permissions=["change"])
    def activate(self, request: HttpRequest, users: QuerySet[CustomUser]) -> None:
        count = 0
        for some in in_portions(_to_touch(request, users)):
            note(request, some, gettext("Activated."))
            for user in some.filter(sign_up_request__isnull=False):
                approve(user)
            count += some.update(is_active=True)
        self.message_user(request, _("%d activated.") % count)

    @admin.action(description=_("Take the picture of selected users away"), permissions=["change"])
    def take_picture_away(self, request: HttpRequest, users: QuerySet[CustomUser]) -> None:
        count = 0
        for some in in_portions(_to_touch(request, users).exclude(profile__avatar="")):
            people = list(some.select_related("profile"))
            note(request, people, gettext("Picture taken away."))
            for user in people:
                set_avatar(user, None)
            count += len(people)
        self.message_user(request, ngettext("%d picture taken away.", "%d pictures taken away.", count) % count)

    @admin.action(description=_("Sign selected users out everywhere"), permissions=["change"])
    def sign_out(self, request: HttpRequest, users: QuerySet[CustomUser]) -> None:
        count = 0
        for some in in_portions(_to_touch(request, users)):
            note(request, some, gettext("Signed out everywhere."))
            count += end_sessions(UserSession.objects.filter(user__in=some))
        self.message_user(request, ngettext("%d session is ended.", "%d sessions are ended.", count) % count)

    def may_delete(self, request: HttpRequest, chosen: QuerySet[Any]) -> QuerySet[Any]:
        return _to_touch(request, chosen)

    def delete_model(self, request: HttpRequest, obj: CustomUser) -> None:
        delete_account(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CustomUser]) -> None:
        for user in queryset.select_related("profile"):
            delete_account(user)


def _may_touch(request: HttpRequest, user: CustomUser | None) -> bool:
    """A superuser is for superusers to change."""
    return user is None or not user.is_superuser or bool(request.user.is_superuser)


def _to_touch(request: HttpRequest, users: QuerySet[CustomUser]) -> QuerySet[CustomUser]:
    return users if request.user.is_superuser else users.filter(is_superuser=False)
