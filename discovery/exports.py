"""All that is kept of somebody's taste, to take along."""

from collections.abc import Iterable
from typing import Any

from discovery.corrections import known_to, settings_of
from discovery.learned import Liked, learned_of
from discovery.models import Correction
from discovery.standing import standing_of

EVERY = 1_000_000


def taste_of(user: Any) -> dict[str, Any]:
    """Ready for JSON: declared, learned, corrected, settings. Raises StoreAway."""
    settings = settings_of(user)
    learned = learned_of(standing_of(user), shown=EVERY)
    return {
        "declared_favourites": list(user.profile.favourite_genres.order_by("name").values_list("name", flat=True)),
        "learned": {
            "from_tracks": learned.tracks,
            "genres": _weights(learned.genres),
            "artists": _weights(learned.artists),
        },
        "corrections": _corrections(user),
        "settings": {
            "adventure_percent": settings.adventure_percent,
            "radio_after_queue": settings.is_radio_after_queue,
            "forgotten_at": settings.forgotten_at,
        },
    }


def _weights(liked: Iterable[Liked]) -> list[dict[str, Any]]:
    return [
        {
            "name": str(each.about),
            "weight": round(each.weight, 3),
            "finished_tracks": each.finished,
            "factor": each.factor,
        }
        for each in liked
    ]


def _corrections(user: Any) -> list[dict[str, Any]]:
    """What can no longer be seen has no name."""
    said = list(Correction.objects.filter(user_id=user.pk).order_by("-since", "-pk"))
    names = {
        kind: {each.pk: str(each) for each in known_to(user, kind).filter(pk__in=_of_kind(said, kind))}
        for kind in Correction.Kind
    }
    return [
        {
            "kind": each.kind,
            "name": names[Correction.Kind(each.kind)].get(each.target_id, ""),
            "factor": each.factor,
            "since": each.since,
        }
        for each in said
    ]


def _of_kind(said: Iterable[Correction], kind: Correction.Kind) -> list[int]:
    return [each.target_id for each in said if each.kind == kind]
