"""The star and the rating of a page about one thing, and what fills itself among somebody's playlists."""

from typing import Any

from django import template

from music.models import Album, Artist, Track
from playlists.models import Rating, SmartPlaylist
from playlists.models.stars import KINDS
from playlists.stars.saying import given_to

register = template.Library()


@register.inclusion_tag("playlists/_stars.html", takes_context=True)
def stars_of(context: Any, thing: Track | Album | Artist) -> dict[str, Any]:
    [kind] = [kind for kind, model in KINDS.items() if isinstance(thing, model)]
    given = given_to(context["user"], kind, thing.pk)
    return {
        "request": context["request"],
        "kind": kind,
        "pk": thing.pk,
        "name": str(thing),
        "is_starred": given.is_starred,
        "rating": given.rating,
        "places": range(Rating.WORST, Rating.BEST + 1),
    }


@register.inclusion_tag("playlists/smart/_among.html", takes_context=True)
def smart_among(context: Any) -> dict[str, Any]:
    user = context["user"]
    return {"user": user, "mine": SmartPlaylist.objects.of(user).order_by("name", "pk")}
