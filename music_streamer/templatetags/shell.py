"""What stands around every page, drawn by Jinja2: as Django's own templates it cost more than a list of 50 tracks."""

import re
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template import RequestContext, engines
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from listening.models import PrivateSession
from music.compiled import ID, Compiled, compiled
from music.links import link
from users.models import UserProfile

register = template.Library()

GENRES = 12
ADDRESS, QUERY, TOKEN = PLACES_OF_A_BAR = ("\0address\0", "\0query\0", "\0token\0")
PLACE = re.compile("|".join(PLACES_OF_A_BAR))
Genres = tuple[tuple[str, str], ...]
PLACES = ("home", "browse", "albums", "artists", "genres", "history", "upload", "my_uploads", "kept")


@register.simple_tag(takes_context=True)
def sidebar(context: RequestContext) -> SafeString:
    favourites = _favourites().rows({ID: context["user"].pk})
    return _kept("sidebar", get_language(), _place(context), tuple(favourites))


@lru_cache
def _favourites() -> Compiled:
    """Slug and name; ID stands for whose they are."""
    chosen = UserProfile.favourite_genres.through.objects.filter(userprofile_id=ID).order_by("genre__name")
    return compiled(chosen.values_list("genre__slug", "genre__name")[:GENRES])


@register.simple_tag
def head() -> SafeString:
    """What every page loads."""
    return _kept("head", get_language())


@register.simple_tag(takes_context=True)
def foot(context: RequestContext) -> SafeString:
    """What floats over the page: the player, the state of uploads, and the tabs of a phone."""
    return _kept("foot", get_language(), _place(context))


@register.simple_tag(takes_context=True)
def browse_tabs(context: RequestContext) -> SafeString:
    return _kept("browse_tabs", get_language(), _place(context))


@register.simple_tag(takes_context=True)
def bar(context: RequestContext, name: str) -> SafeString:
    """The bar at the top: drawn once for each reader, and what is this page's own is put into its places."""
    user = context["user"]
    reader, is_staff, is_private = _reader(user) if user.is_authenticated else ("", False, False)
    drawn = _kept_bar(name, get_language(), reader, is_staff, is_private and not context.get("is_shell"))
    own = {
        ADDRESS: context["request"].get_full_path(),
        QUERY: context.get("query", ""),
        TOKEN: context.get("csrf_token", ""),
    }
    return SafeString(PLACE.sub(lambda found: escape(own[found[0]]), drawn))


def _place(context: RequestContext) -> str:
    """The name of the page, if it is one of those that the shell leads to."""
    path = context["request"].path
    return next((name for name in PLACES if link(name) == path), "")


def _kept_parts(
    part: str, language: str | None, here: str = "", genres: tuple[tuple[str, str], ...] = ()
) -> SafeString:
    return _drawn(part, here=here, genres=genres)


def _reader(user: Any) -> tuple[str, bool, bool]:
    """Their name, and whether they are staff and listen privately."""
    return str(user.profile), user.is_staff, bool(_private_session().rows({ID: user.pk}))


@lru_cache
def _private_session() -> Compiled:
    return compiled(PrivateSession.objects.filter(user_id=ID, ended_at=None).values_list("pk")[:1])


def _bar(bar: str, language: str | None, name: str, is_staff: bool, is_private: bool) -> SafeString:
    return _drawn(
        bar, name=name, is_staff=is_staff, is_private=is_private, address=ADDRESS, query=QUERY, csrf_token=TOKEN
    )


# Parts are known by all that they show, so that nobody can be given those of another. Under DEBUG templates change.
_kept = _kept_parts if settings.DEBUG else lru_cache(maxsize=256)(_kept_parts)
_kept_bar = _bar if settings.DEBUG else lru_cache(maxsize=256)(_bar)


def _drawn(part: str, /, **shown: object) -> SafeString:
    return SafeString(engines["jinja2"].get_template(f"shell/{part}.jinja").render(shown))
