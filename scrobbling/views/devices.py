"""The page on which somebody lets their other players tell what they play here."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from scrobbling.models import DeviceToken
from scrobbling.tokens import MAX_TOKENS, TooManyTokens, make_token


class DeviceForm(forms.ModelForm):
    class Meta:
        model = DeviceToken
        fields = ["name"]
        labels = {"name": gettext_lazy("What is it called?")}
        error_messages = {"name": {"required": gettext_lazy("Give it a name, to know later which one to revoke.")}}
        help_texts = {
            "name": gettext_lazy("The device or the player: “Phone”, “Kitchen”. Each gets a token of its own.")
        }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def devices(request: HttpRequest) -> HttpResponse:
    """The new token is in the answer to the form, 201, and nowhere else: not in the session, from which one would show
    it after a redirect, nor in a copy of the page."""
    form = DeviceForm(request.POST or None)
    token = text = None
    if form.is_valid():
        try:
            token, text = make_token(request.user, form.cleaned_data["name"])
            form = DeviceForm()
        except TooManyTokens:
            form.add_error("name", _("You have %d devices. Revoke one that you no longer use first.") % MAX_TOKENS)
    context = {
        "form": form,
        "devices": DeviceToken.objects.filter(user_id=request.user.pk).order_by("-pk"),
        "new": token,
        "text": text,
        "site": settings.SITE_URL,
    }
    status = 201 if token else 422 if form.is_bound else 200
    return render(request, "scrobbling/devices.html", context, status=status)


@require_POST
def revoke_device(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    with transaction.atomic():
        # What it tells in this moment has the lock, too: its row has to be there, or never to come.
        device = get_object_or_404(DeviceToken.objects.select_for_update(), user=user, pk=pk)
        device.delete()
    messages.success(
        request, _("“%s” can no longer tell what you play. Its listens stay in your history.") % device.name
    )
    return redirect("devices")
