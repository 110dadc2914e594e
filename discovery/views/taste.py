"""Your taste: what is known of it, what you say about it, and the ways to have it forgotten or taken along."""

from typing import Any

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from discovery.corrections import hidden_things, settings_of
from discovery.exports import taste_of
from discovery.forms import ForgetForm, TasteSettingsForm
from discovery.learned import learned_of
from discovery.models import Correction, TasteSettings
from discovery.standing import standing_of
from discovery.views.corrections import only_what_changes, wants_only_what_changes
from listening.leaving_out import left_out
from listening.models import LeftOut
from listening.store import StoreAway
from music.models import Album, Track
from playlists.models import Playlist


@require_http_methods(["GET", "HEAD", "POST"])
def taste(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    settings = settings_of(user)
    form = TasteSettingsForm(request.POST or None, instance=settings)
    if form.is_valid():
        TasteSettings.objects.update_or_create(user_id=user.pk, defaults=form.cleaned_data)
        if wants_only_what_changes(request):
            return only_what_changes(request, Message(messages.SUCCESS, _("Saved.")))
        messages.success(request, _("Saved."))
        return redirect("taste")
    ids = left_out(user.pk)
    context = {
        "form": form,
        "settings": settings,
        "favourites": user.profile.favourite_genres.order_by("name"),
        "hidden": hidden_things(user),
        "tracks": Track.objects.visible_to(user).with_credits().filter(pk__in=ids[LeftOut.Kind.TRACK]),
        "albums": Album.objects.visible_to(user).with_artist().filter(pk__in=ids[LeftOut.Kind.ALBUM]),
        "playlists": Playlist.objects.visible_to(user).filter(pk__in=ids[LeftOut.Kind.PLAYLIST]),
    }
    try:
        context["learned"] = learned_of(standing_of(user))
    except StoreAway:
        context["is_away"] = True
    return render(request, "discovery/taste.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: HttpRequest) -> HttpResponse:
    """What was learned begins anew. The listens stay, so that with `remember` they count again."""
    user: Any = request.user
    if request.POST.get("remember"):
        TasteSettings.objects.filter(user_id=user.pk).update(forgotten_at=None)
        messages.success(request, _("Everything you finished counts for your taste again."))
        return redirect("taste")
    form = ForgetForm(user, request.POST or None)
    if form.is_valid():
        TasteSettings.objects.update_or_create(user_id=user.pk, defaults={"forgotten_at": timezone.now()})
        Correction.objects.filter(user_id=user.pk).delete()
        messages.success(request, _("Your taste begins anew. What you finish from now on shapes it."))
        return redirect("taste")
    return render(request, "discovery/forget.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    try:
        found = taste_of(request.user)
    except StoreAway:
        error = _("What you listened to is out of reach for a moment. Try again soon.")
        return JsonResponse({"error": error}, status=503)
    response = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="taste.json"'
    return response
