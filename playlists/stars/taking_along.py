"""What somebody starred and rated, and the rules they wrote, for themselves."""

from typing import Any

from django.db.models import OuterRef, Subquery

from playlists.models import Rating, SmartPlaylist, Star
from playlists.models.stars import KINDS

IDS = ("track_id", "album_id", "artist_id")
NAMES = {"track": "title", "album": "title", "artist": "name"}


def stars_given_by(user: Any) -> dict[str, list[dict[str, Any]]]:
    """Without the names of what they may no longer see."""
    smart = SmartPlaylist.objects.of(user).order_by("name", "pk")
    names = {f"{kind}_{column}": _seen(user, kind, column) for kind, column in NAMES.items()}
    stars = Star.objects.filter(user=user).order_by("pk").values(*IDS, "since", **names)
    ratings = Rating.objects.filter(user=user).order_by("pk").values(*IDS, "since", "stars", **names)
    return {
        "stars": [_said(row) for row in stars],
        "ratings": [_said(row) for row in ratings],
        "smart_playlists": [{"name": each.name, "visibility": each.visibility, **each.rules} for each in smart],
    }


def _seen(user: Any, kind: str, column: str) -> Subquery:
    return Subquery(KINDS[kind].objects.visible_to(user).filter(pk=OuterRef(f"{kind}_id")).values(column)[:1])


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """Of the one thing that it is about."""
    return {name: value for name, value in row.items() if value is not None}
