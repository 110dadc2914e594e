"""Stars and ratings: who may give them to what, and what was given."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.http import Http404

from playlists.models import Rating, Star
from playlists.models.stars import KINDS


class Given(NamedTuple):
    """By one user to one thing; a rating of 0 is none."""

    is_starred: bool
    rating: int


def star(user: Any, of: Mapping[str, Collection[int]], is_starred: bool = True) -> int:
    """Give stars to all of these, by kind, or take them away; how many there were to be found.

    What the user may not see is left out, unless they starred it while they could. Raises Http404 when nothing is left.
    """
    found = _known(Star, user, of)
    for kind, ids in found.items():
        if is_starred:
            Star.objects.bulk_create((Star(user=user, **{f"{kind}_id": pk}) for pk in ids), ignore_conflicts=True)
        else:
            Star.objects.filter(user=user, **{f"{kind}__in": ids}).delete()
    return sum(map(len, found.values()))


def rate(user: Any, of: Mapping[str, Collection[int]], stars: int) -> int:
    """The same with ratings; 0 takes them back."""
    found = _known(Rating, user, of)
    for kind, ids in found.items():
        if stars:
            Rating.objects.bulk_create(
                (Rating(user=user, stars=stars, **{f"{kind}_id": pk}) for pk in ids),
                update_conflicts=True,
                unique_fields=["user", kind],
                update_fields=["stars", "since"],
            )
        else:
            Rating.objects.filter(user=user, **{f"{kind}__in": ids}).delete()
    return sum(map(len, found.values()))


def given_to(user: Any, kind: str, pk: int) -> Given:
    is_starred = Star.objects.filter(user=user, **{kind: pk}).exists()
    stars = Rating.objects.filter(user=user, **{kind: pk}).values_list("stars", flat=True).first()
    return Given(is_starred, stars or 0)


def starred_among(user: Any, track_ids: Iterable[int]) -> list[int]:
    stars = Star.objects.filter(user=user, track__in=list(track_ids))
    return list(stars.order_by("track").values_list("track", flat=True))


def _known(model: Any, user: Any, of: Mapping[str, Collection[int]]) -> dict[str, list[int]]:
    found = {}
    for kind, ids in of.items():
        allowed = _allowed(model, user, kind, ids)
        found[kind] = [pk for pk in ids if pk in allowed]
    if not any(found.values()):
        raise Http404
    return found


def _allowed(model: Any, user: Any, kind: str, ids: Collection[int]) -> set[int]:
    seen = KINDS[kind].objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)
    return {*seen, *model.objects.filter(user=user, **{f"{kind}__in": ids}).values_list(kind, flat=True)}
