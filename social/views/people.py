"""People here: to find, to look at, to follow and to be left alone by."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from music.paging import Order, keyset_page
from social.profiles import person_seen_by, profile_of
from users import following
from users.access import follower_of
from users.access import people as people_seen_by
from users.access import person as person_for
from users.models import CustomUser, Follow
from users.notifications import Kind, answered, tell
from users.views import safe_next

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BY_NAME = Order("people", keys=("username",))
SIZE = 48
LONGEST_SEARCH = 80


def _listed(user: Any) -> Q:
    return Q(profile__is_listed=True) & ~Q(pk=user.pk) & ~Q(pk__in=user.blocks.values("blocked"))


CIRCLES: dict[str, tuple[StrOrPromise, Callable[[Any], Q]]] = {
    "": (_lazy("Everybody"), _listed),
    "following": (_lazy("You follow"), lambda user: Q(pk__in=follower_of(user))),
    "followers": (_lazy("Follow you"), lambda user: Q(following__followed=user, following__approved_at__isnull=False)),
    "muted": (_lazy("Muted"), lambda user: Q(pk__in=user.mutes.values("muted"))),
    "blocked": (_lazy("Blocked"), lambda user: Q(pk__in=user.blocks.values("blocked"))),
}


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Those who let themselves be found, or one of the reader's own circles."""
    query = request.GET.get("name", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    user: Any = request.user
    circle = request.GET.get("of", "")
    circle = circle if circle in CIRCLES else ""
    found = people_seen_by(user).filter(CIRCLES[circle][1](user))
    if query:
        found = found.filter(Q(username__icontains=query) | Q(profile__display_name__icontains=query))
    after = request.GET.get("after", "")
    page = keyset_page(found.select_related("profile"), BY_NAME, after=after, size=SIZE)
    context = {"people": page.items, "page": page, "is_first_page": not after, "name": query}
    context |= {"circle": circle, "circles": [(name, label) for name, (label, _condition) in CIRCLES.items()]}
    return render(request, "social/people.html", context)


@require_safe
def person(request: HttpRequest, username: str) -> HttpResponse:
    person = person_seen_by(request.user, username)
    shown = {"person": person, "profile": profile_of(request.user, person), "is_own": person.pk == request.user.pk}
    return render(request, "social/person.html", shown)


@require_POST
def change(request: HttpRequest, username: str) -> HttpResponse:
    """What is between the reader and that person, by the button that was pressed."""
    other = person_for(request.user, username)
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        return HttpResponseBadRequest(_("There is no such button. Go back and press one of the page."))
    if said := act(request.user, other):
        messages.success(request, said)
    return redirect(safe_next(request)) if request.POST.get("next") else redirect("person", other.get_username())


def _follow(user: Any, other: CustomUser) -> str:
    follow: Follow | None = following.ask(user, other)
    if follow is None:
        return ""
    tell(other, Kind.FOLLOWER if follow.approved_at else Kind.REQUEST, user)
    name = str(other.profile)
    if follow.approved_at:
        return _("You follow %(name)s.") % {"name": name}
    return _("You asked %(name)s. You follow them once they say yes.") % {"name": name}


def _unfollow(user: Any, other: CustomUser) -> str:
    following.unfollow(user, other)
    return _("You do not follow %(name)s.") % {"name": other.profile}


def _accept(user: Any, other: CustomUser) -> str:
    if not following.accept(user, other):
        return ""
    answered(user, Kind.REQUEST, other)
    tell(other, Kind.ACCEPTED, user)
    return _("%(name)s follows you now.") % {"name": other.profile}


def _refuse(user: Any, other: CustomUser) -> str:
    following.refuse(user, other)
    answered(user, Kind.REQUEST, other)
    return _("%(name)s does not follow you.") % {"name": other.profile}


def _mute(user: Any, other: CustomUser) -> str:
    following.mute(user, other)
    return _("You are told nothing of %(name)s any more. They do not learn of it.") % {"name": other.profile}


def _unmute(user: Any, other: CustomUser) -> str:
    following.unmute(user, other)
    return _("You are told of %(name)s again.") % {"name": other.profile}


def _block(user: Any, other: CustomUser) -> str:
    following.block(user, other)
    return _("For %(name)s you are not here any more.") % {"name": other.profile}


def _unblock(user: Any, other: CustomUser) -> str:
    following.unblock(user, other)
    return _("%(name)s finds you again.") % {"name": other.profile}


ACTS: dict[str, Callable[[Any, CustomUser], str]] = {
    "follow": _follow,
    "unfollow": _unfollow,
    "accept": _accept,
    "refuse": _refuse,
    "mute": _mute,
    "unmute": _unmute,
    "block": _block,
    "unblock": _unblock,
}
