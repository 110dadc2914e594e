"""The way back for somebody who lost their phone, their keys and their recovery codes."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from music.admin.log import note
from users.models import CustomUser
from users.second_factor import has_second_factor, remove_second_factor


class SureForm(forms.Form):
    username = forms.CharField(label=_("Their username"), help_text=_("Type it, so that it is surely theirs."))
    username.widget.attrs |= {"autocomplete": "off", "class": "vTextField"}

    def __init__(self, user: CustomUser, *args: Any) -> None:
        super().__init__(*args)
        self.user = user

    def clean_username(self) -> str:
        if self.cleaned_data["username"] != self.user.get_username():
            raise ValidationError(gettext("That is not the username of whom you chose."))
        return self.user.get_username()


class SecondFactorMixin(admin.ModelAdmin):
    """Its action is for superusers alone: whoever could take away a second factor could come into any account."""

    def has_second_factor_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    @admin.action(description=_("Remove a lost second factor…"), permissions=["second_factor"])
    def remove_second_factor(self, request: HttpRequest, users: QuerySet[CustomUser]) -> HttpResponse | None:
        chosen = list(users[:2])
        if len(chosen) != 1:
            self.message_user(request, gettext("Choose the one person who lost it."), messages.ERROR)
            return None
        [user] = chosen
        if user == request.user or not has_second_factor(user):
            words = gettext("Your own is on your page about security.") if user == request.user else ""
            self.message_user(request, words or gettext("They have no second factor."), messages.ERROR)
            return None
        form = SureForm(user, request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            return self._are_you_sure(request, user, form)
        note(request, [user], gettext("Removed the second factor."))
        if remove_second_factor(user):
            self.message_user(request, gettext("It is removed, and they are told."))
        else:
            self.message_user(request, gettext("It is removed. No mail could be sent: tell them."), messages.WARNING)
        return None

    def _are_you_sure(self, request: HttpRequest, user: CustomUser, form: SureForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Remove a lost second factor"),
            "opts": self.model._meta,
            "person": user,
            "form": form,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "admin/users/remove_second_factor.html", context, status=status)
