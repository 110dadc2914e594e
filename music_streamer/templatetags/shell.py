"""What stands around every page, drawn by Jinja2: as Django's own templates it cost more than a list of 50 tracks."""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.template import RequestContext
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi

from music.compiled import ID, Compiled, compiled
from music.links import link
from music.parts import part
from music_streamer.words import catalogue_address
from social.announcements import announced_to
from users.models import UserProfile

register = template.Library()

GENRES = 12
MANY = 10  # notifications: as many are shown as 9+
HERE = {"localhost", "127.0.0.1"}  # where browsers trust plain HTTP
PLACES = (
    *("home", "browse", "albums", "artists", "genres", "playlists", "history", "taste", "upload", "my_uploads"),
    *("kept", "following", "notifications"),
)
Genres = tuple[tuple[str, str], ...]


@register.simple_tag(takes_context=True)
def opening(context: RequestContext) -> SafeString:
    language = get_language()
    direction = "rtl" if get_language_bidi() else "ltr"
    colours = {name: context[name] for name in ("theme", "accent")}
    may_keep = _is_trusted(context["request"])
    return part("shell/opening", {}, language=language, direction=direction, may_keep=may_keep, **colours)


def _is_trusted(request: HttpRequest) -> bool:
    """Nowhere else does a browser keep music: what offers it is then left out from the first moment."""
    return request.is_secure() or split_domain_port(request.get_host())[0] in HERE


@register.simple_tag(takes_context=True)
def head(context: RequestContext) -> SafeString:
    """What every page loads."""
    user = context["user"]
    language = get_language()
    own = {"nonce": getattr(context["request"], "csp_nonce", ""), "user_id": user.pk}
    return part("shell/head", own, is_member=user.is_authenticated, words=catalogue_address(language))


@register.simple_tag(takes_context=True)
def body(context: RequestContext) -> SafeString:
    """All that comes before what the page is about: drawn once for each reader, the page's own filled in."""
    user = context["user"]
    reader = _reader(user, _place(context)) if user.is_authenticated else _languages()
    if context.get("is_shell"):  # it is kept on the device, and the session does not last as long
        reader |= {"is_private": False, "unread": 0}
    own = {
        "address": context["request"].get_full_path(),
        "query": context.get("query", ""),
        "csrf_token": context.get("csrf_token", ""),
    }
    return part("shell/body", own, is_member=user.is_authenticated, **reader)


@register.simple_tag(takes_context=True)
def announcements(context: RequestContext) -> SafeString:
    """Not in what is kept on the device: there nobody could read them away."""
    announced = [] if context.get("is_shell") else announced_to(context["user"])
    shown = {"announced": announced, "user": context["user"]}
    return render_to_string("social/_announcements.html", shown, context["request"]) if announced else SafeString("")


@register.simple_tag(takes_context=True)
def closing(context: RequestContext) -> SafeString:
    """What floats over the page: the player, the state of uploads, and the tabs of a phone."""
    is_member = context["user"].is_authenticated
    return part("shell/closing", {}, is_member=is_member, here=_place(context))


@register.simple_tag(takes_context=True)
def browse_tabs(context: RequestContext) -> SafeString:
    return part("shell/browse_tabs", {}, here=_place(context))


def _place(context: RequestContext) -> str:
    """The name of the page, if it is one of those that the shell leads to."""
    return _places().get(context["request"].path, "")


@lru_cache
def _places() -> dict[str, str]:
    return {link(name): name for name in PLACES}


def _reader(user: Any, here: str) -> dict[str, Any]:
    return {
        "here": here,
        "genres": tuple(_favourites().rows({ID: user.pk})),
        "name": str(user.profile),
        "is_staff": user.is_staff,
        "is_private": user.listens_privately,
        "username": user.get_username(),
        "avatar": user.profile.avatar,
        "unread": min(user.unread_count, MANY),
    }


def _languages() -> dict[str, Any]:
    return {"language": get_language(), "languages": tuple(settings.LANGUAGES)}


@lru_cache
def _favourites() -> Compiled:
    """Slug and name; ID stands for whose they are."""
    chosen = UserProfile.favourite_genres.through.objects.filter(userprofile_id=ID).order_by("genre__name")
    return compiled(chosen.values_list("genre__slug", "genre__name")[:GENRES])
