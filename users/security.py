"""The page about everything that guards an account, and the ends of its sessions."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from users.device_sessions import end_sessions, other_sessions, sessions_of
from users.models import UserSession


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    shown = {
        **_authenticators(user),
        "sessions": sessions_of(user),
        "session_key": request.session.session_key,
    }
    return render(request, "users/security.html", shown)


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=pk, user_id=request.user.pk)
    if session.session_id == request.session.session_key:
        logout(request)
        return redirect("home")
    end_sessions(UserSession.objects.filter(pk=pk))
    messages.success(request, _("%(device)s is signed out.") % {"device": session})
    return redirect("security")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    count = end_sessions(other_sessions(user, request.session.session_key))
    messages.success(request, ngettext("%d session is ended.", "%d sessions are ended.", count) % count)
    return redirect("security")


def _authenticators(user: Any) -> dict[str, Any]:
    found = list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))
    kinds = Authenticator.Type
    codes = next((each.wrap() for each in found if each.type == kinds.RECOVERY_CODES), None)
    return {
        "app": next((each for each in found if each.type == kinds.TOTP), None),
        "passkeys": [each for each in found if each.type == kinds.WEBAUTHN],
        "codes_left": len(codes.get_unused_codes()) if codes else None,
    }
