"""What pages of other rooms show of people and of whom one follows."""

from typing import Any

from django import template

from music.links import link
from music.models import LARGE, THUMB, Artist, ArtistFollow
from users.access import blockers_of

register = template.Library()


@register.inclusion_tag("social/_follow_artist.html", takes_context=True)
def follow_artist(context: Any, artist: Artist) -> dict[str, Any]:
    follows = ArtistFollow.objects.filter(artist=artist, user_id=context["user"].pk).exists()
    return {"request": context["request"], "artist": artist, "is_followed": follows}


@register.inclusion_tag("social/_avatar.html")
def avatar(name: object, picture: str, size: str = "small") -> dict[str, str]:
    """A picture of somebody, or their initial; `picture` is the name that their profile keeps."""
    url = link("avatar", picture, THUMB if size == "small" else LARGE) if picture else ""
    return {"name": str(name), "url": url, "size": size}


@register.simple_tag(takes_context=True)
def may_know(context: Any, person: Any) -> bool:
    """Whether the reader may be told that this was them: not by somebody who has blocked the reader."""
    user = context["user"]
    if not person.is_active:
        return False
    return not (user.is_blocked and blockers_of(user).filter(blocker_id=person.pk).exists())
