"""What somebody starred and rated, and the rules they wrote, for themselves."""

from typing import Any

from playlists.models import Rating, SmartPlaylist, Star

NAMES = ("track_id", "track__title", "album_id", "album__title", "artist_id", "artist__name", "since")


def stars_given_by(user: Any) -> dict[str, list[dict[str, Any]]]:
    smart = SmartPlaylist.objects.of(user).order_by("name", "pk")
    return {
        "stars": [_said(row) for row in Star.objects.filter(user=user).order_by("pk").values(*NAMES)],
        "ratings": [_said(row) for row in Rating.objects.filter(user=user).order_by("pk").values(*NAMES, "stars")],
        "smart_playlists": [{"name": each.name, "visibility": each.visibility, **each.rules} for each in smart],
    }


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """Of the one thing that it is about."""
    return {name.replace("__", "_"): value for name, value in row.items() if value is not None}
