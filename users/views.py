from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from music.streaming import picture
from music.views.media import A_YEAR, kept_for_ever
from users.avatars import avatar_path
from users.context_processors import appearance
from users.deletion import delete_account
from users.forms import AppearanceForm, DeleteAccountForm, PeopleForm, ProfileForm, has_confirmed_address
from users.looks import Theme

TURBO_STREAM = "text/vnd.turbo-stream.html; charset=utf-8"


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = ProfileForm(request.POST or None, request.FILES or None, instance=user.profile)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    shown = {
        "form": form,
        "looks": AppearanceForm(initial=appearance(request)),
        "people_form": PeopleForm(instance=user.profile),
        "has_confirmed_address": has_confirmed_address(user),
    }
    return render(request, "users/profile.html", shown, status=422 if form.is_bound else 200)


@require_POST
def people_settings(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    PeopleForm(request.POST, instance=user.profile).save()  # of checkboxes alone: nothing in it can be wrong
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('profile')}#people")


@require_safe
@kept_for_ever(f"private, {A_YEAR}")
def avatar(request: HttpRequest, name: str, size: int) -> HttpResponseBase:
    return picture(avatar_path(name, size))


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = DeleteAccountForm(user, request.POST or None)
    if form.is_valid():
        logout(request)
        delete_account(user)
        messages.success(request, _("Your account and everything you listened to are gone. Thank you for the music."))
        return redirect("home")
    return render(request, "users/delete.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """The colours that were picked, or the next theme in line. With JavaScript the browser does the same by itself."""
    chosen = appearance(request)
    picked = request.POST.dict() if {"theme", "accent"} & request.POST.keys() else {"theme": following(chosen["theme"])}
    form = AppearanceForm(chosen | picked)
    response: HttpResponse = HttpResponseRedirect(safe_next(request))
    for name in form.fields if form.is_valid() else ():
        response.set_cookie(
            name, form.cleaned_data[name], max_age=365 * 24 * 3600, samesite="Lax", secure=request.is_secure()
        )
    return response


def following(theme: str) -> str:
    return str(Theme.values[(Theme.values.index(theme) + 1) % len(Theme)])


def takes_stream(request: HttpRequest) -> bool:
    """Whether a script puts parts of a page in their places; such an answer is of the type TURBO_STREAM."""
    return "text/vnd.turbo-stream.html" in request.headers.get("Accept", "")


def safe_next(request: HttpRequest) -> str:
    url = request.POST.get("next", "")
    return url if get_adapter(request).is_safe_url(url) else reverse("home")
