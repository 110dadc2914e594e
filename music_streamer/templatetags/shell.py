"""What stands around every page, drawn by Jinja2: as Django's own templates it cost more than a list of 50 tracks."""

from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.conf import settings
from django.template import RequestContext, engines
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi

from music.compiled import ID, Compiled, compiled
from music.links import link
from music_streamer.words import catalogue_address
from social.announcements import announced_to
from users.models import UserProfile

register = template.Library()

GENRES = 12
MANY = 10  # notifications: as many are shown as 9+
PLACES = (
    *("home", "browse", "albums", "artists", "genres", "playlists", "history", "taste", "upload", "my_uploads"),
    *("kept", "following", "notifications"),
)
# What each page has of its own, by the name under which a part shows it, and what stands for it until it is known.
OWN = {name: f"\0{name}\0" for name in ("address", "query", "csrf_token", "nonce", "user_id")}
Genres = tuple[tuple[str, str], ...]


@register.simple_tag(takes_context=True)
def opening(context: RequestContext) -> SafeString:
    language = get_language()
    direction = "rtl" if get_language_bidi() else "ltr"
    colours = {name: context[name] for name in ("theme", "accent")}
    return SafeString(_kept("opening", language, language=language, direction=direction, **colours))


@register.simple_tag(takes_context=True)
def head(context: RequestContext) -> SafeString:
    """What every page loads."""
    user = context["user"]
    language = get_language()
    part = _kept("head", language, is_member=user.is_authenticated, words=catalogue_address(language))
    return _filled(part, nonce=getattr(context["request"], "csp_nonce", ""), user_id=user.pk)


@register.simple_tag(takes_context=True)
def body(context: RequestContext) -> SafeString:
    """All that comes before what the page is about: drawn once for each reader, the page's own filled in."""
    user = context["user"]
    reader = _reader(user, _place(context)) if user.is_authenticated else _languages()
    if context.get("is_shell"):  # it is kept on the device, and the session does not last as long
        reader |= {"is_private": False, "unread": 0}
    return _filled(
        _kept("body", get_language(), is_member=user.is_authenticated, **reader),
        address=context["request"].get_full_path(),
        query=context.get("query", ""),
        csrf_token=context.get("csrf_token", ""),
    )


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
    return SafeString(_kept("closing", get_language(), is_member=is_member, here=_place(context)))


@register.simple_tag(takes_context=True)
def browse_tabs(context: RequestContext) -> SafeString:
    return SafeString(_kept("browse_tabs", get_language(), here=_place(context)))


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


def _filled(part: str, **own: object) -> SafeString:
    return SafeString(part % {name: escape(str(value)) for name, value in own.items()})


def _drawn(part: str, _language: str | None, /, **shown: object) -> str:
    """The part; what a page has of its own is in it as %(names)s, if it has any."""
    text: str = engines["jinja2"].get_template(f"shell/{part}.jinja").render({**shown, **OWN})
    if not any(place in text for place in OWN.values()):
        return text
    text = text.replace("%", "%%")
    for name, place in OWN.items():
        text = text.replace(place, f"%({name})s")
    return text


# Parts are known by all that they show, so that nobody can be given those of another. Under DEBUG templates change.
_kept = _drawn if settings.DEBUG else lru_cache(maxsize=500)(_drawn)
