"""Who may see what of whom. A follower is one who was let in; who was blocked finds nobody."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from users.models import Block, CustomUser, Follow, UserProfile


def person(viewer: Any, username: str) -> CustomUser:
    """Somebody here who has not blocked the viewer, or the same 404."""
    if "\0" in username or not viewer.is_authenticated:  # PostgreSQL does not even look for such a name
        raise Http404
    found = people(viewer).select_related("profile").filter(username=username).first()
    if found is None:
        raise Http404
    return found


def people(viewer: Any) -> QuerySet[CustomUser]:
    """Whom the viewer may know to be here."""
    return CustomUser.objects.filter(is_active=True).exclude(pk__in=blockers_of(viewer))


def listening_of(viewer: Any, username: str) -> CustomUser:
    """The one of that name whose listening the viewer may see: their own, or what its owner shows them.

    For all others the same 404.
    """
    owner = person(viewer, username)
    if not may_see_listening(viewer, owner):
        raise Http404
    return owner


def may_see_listening(viewer: Any, owner: CustomUser) -> bool:
    if not viewer.is_authenticated:
        return False
    if viewer.pk == owner.pk:
        return True
    return CustomUser.objects.filter(listening_shown_to(viewer), pk=owner.pk).exists()


def listening_shown_to(viewer: Any) -> Q:
    """The others whose listening the viewer may see, as a condition on users."""
    everyone = Q(profile__listening_visible_to=UserProfile.Audience.EVERYONE)
    followers = Q(profile__listening_visible_to=UserProfile.Audience.FOLLOWERS, pk__in=follower_of(viewer))
    return (everyone | followers) & Q(is_active=True) & ~Q(pk__in=blockers_of(viewer))


def follower_of(viewer: Any) -> QuerySet[Follow, int]:
    """The ids of those who let the viewer follow them, for conditions like `Q(owner__in=follower_of(viewer))`."""
    return Follow.objects.filter(follower_id=viewer.pk, approved_at__isnull=False).values_list("followed_id", flat=True)


def blockers_of(viewer: Any) -> QuerySet[Block, int]:
    """The ids of those whom the viewer must not find, for `.exclude(owner__in=blockers_of(viewer))`."""
    return Block.objects.filter(blocked_id=viewer.pk).values_list("blocker_id", flat=True)


def anybody_here() -> CustomUser:
    """Somebody who brought nothing in: may see what everybody here may, and nothing else."""
    return CustomUser(pk=0)
