"""The pages about invitations: following one, making them, taking them back; and the one for whoever waits."""

from typing import Any

from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from users.forms import InvitationForm
from users.invitations import TooManyInvitations, is_open, make_invitation, may_invite, open_invitations, revoke
from users.models import Invitation
from users.signing_up import INVITATION


@login_not_required
@require_safe
@never_cache
@rate_limit(action="invitation", limit_get=True)  # type: ignore[untyped-decorator]
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Remember the link for the form to come, and take it out of the address bar."""
    if request.user.is_authenticated:
        return redirect("home")
    if not is_open(token):
        return render(request, "users/invitation_over.html", status=404)
    request.session[INVITATION] = token
    return redirect("account_signup")


@login_not_required
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    return render(request, "users/waiting.html")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitations(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if not may_invite(user):
        raise Http404
    form = InvitationForm(request.POST or None)
    if not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    try:
        made, token = make_invitation(user, **form.cleaned_data)
    except TooManyInvitations:
        form.add_error(None, _("You have many open invitations already. Revoke one first."))
        return _page(request, form, status=422)
    link = settings.SITE_URL + reverse("invited", args=[token])
    # 201: Turbo shows no answer of 200 to a form, and a redirect would have to keep the link somewhere.
    return _page(request, InvitationForm(), status=201, new=made, link=link)


@require_POST
def revoke_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk, made_by_id=request.user.pk)
    revoke(Invitation.objects.filter(pk=pk))
    messages.success(request, _("“%(name)s” lets nobody in any more.") % {"name": invitation})
    return redirect("invitations")


def _page(request: HttpRequest, form: InvitationForm, status: int = 200, **new: Any) -> HttpResponse:
    yours = open_invitations().filter(made_by_id=request.user.pk).order_by("-pk")
    return render(request, "users/invitations.html", {"form": form, "invitations": yours, **new}, status=status)
