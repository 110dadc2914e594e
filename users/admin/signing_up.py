"""Who may come in: the policy, the people who wait, the invitations."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from music.admin.deleting import ask
from music.admin.log import note
from music.admin.portions import in_portions
from users.deletion import delete_account
from users.invitations import revoke
from users.models import Invitation, SignUpPolicy, SignUpRequest
from users.signing_up import approve


@admin.register(SignUpPolicy)
class SignUpPolicyAdmin(admin.ModelAdmin):
    """One row, and the list leads to it: what holds without one is shown until it is saved."""

    radio_fields = {"mode": admin.VERTICAL}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        policy = SignUpPolicy.objects.first()
        name = "admin:users_signuppolicy_change" if policy else "admin:users_signuppolicy_add"
        return HttpResponseRedirect(reverse(name, args=[policy.pk] if policy else []))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"mode": SignUpPolicy.current().mode}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **named: Any
    ) -> HttpResponse:
        return super().render_change_form(request, {**context, "show_save_and_add_another": False}, *args, **named)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not SignUpPolicy.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SignUpRequest)
class SignUpRequestAdmin(admin.ModelAdmin):
    list_display = ["user", "email", "created_at"]
    list_display_links = None
    list_select_related = ["user"]
    search_fields = ["user__username", "user__email"]
    ordering = ["created_at"]
    actions = ["let_in", "turn_away"]

    @admin.display(description=_("email"), ordering="user__email")
    def email(self, waiting: SignUpRequest) -> str:
        return waiting.user.email

    @admin.action(description=_("Let in"), permissions=["change"])
    def let_in(self, request: HttpRequest, waiting: QuerySet[SignUpRequest]) -> None:
        unsent: list[str] = []
        count = 0
        for some in in_portions(waiting):
            people = [each.user for each in some.select_related("user")]
            unsent += [user.email for user in people if not approve(user)]
            note(request, people, gettext("Let in."))
            count += len(people)
        self.message_user(request, ngettext("%d person is in.", "%d people are in.", count) % count)
        if unsent:
            words = gettext("The mail could not be sent to: %(addresses)s") % {"addresses": ", ".join(unsent)}
            self.message_user(request, words, messages.WARNING)

    @admin.action(description=_("Turn away: delete these accounts"), permissions=["change"])
    def turn_away(self, request: HttpRequest, waiting: QuerySet[SignUpRequest]) -> HttpResponse | None:
        waiting = waiting.filter(user__is_active=False)
        if not request.POST.get("post"):
            return ask(self, request, waiting)
        count = 0
        for some in in_portions(waiting):
            people = [each.user for each in some.select_related("user__profile")]
            note(request, people, gettext("Turned away."))
            for user in people:
                delete_account(user)
            count += len(people)
        self.message_user(request, ngettext("%d account deleted.", "%d accounts deleted.", count) % count)
        return None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Without the account it would be one that nobody can ever let in."""
        return False


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    list_display = ["__str__", "made_by", "uses", "max_uses", "created_at", "expires_at", "revoked_at"]
    list_filter = ["created_at", "expires_at"]
    list_select_related = ["made_by"]
    search_fields = ["note", "made_by__username"]
    actions = ["take_back"]

    @admin.action(description=_("Revoke"), permissions=["change"])
    def take_back(self, request: HttpRequest, invitations: QuerySet[Invitation]) -> None:
        chosen = list(invitations)
        count = revoke(invitations)
        note(request, chosen, gettext("Revoked."))
        self.message_user(request, ngettext("%d invitation revoked.", "%d invitations revoked.", count) % count)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        link = format_html('<a href="{}">{}</a>', reverse("invitations"), _("Make an invitation"))
        return super().changelist_view(request, {"subtitle": link, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They are made where their link can be shown once."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)
