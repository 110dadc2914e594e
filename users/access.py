"""Who may see what of whom."""

from typing import Any

from django.http import Http404

from users.models import CustomUser, UserProfile


def listening_of(viewer: Any, username: str) -> CustomUser:
    """The one of that name whose listening the viewer may see: their own, or that of whoever shows it to everyone.

    For all others the same 404. Nobody can follow yet, so what is for followers is nobody else's.
    """
    if "\0" in username:  # PostgreSQL does not even look for such a name
        raise Http404
    owner = CustomUser.objects.select_related("profile").filter(username=username, is_active=True).first()
    if owner is None or not may_see_listening(viewer, owner):
        raise Http404
    return owner


def may_see_listening(viewer: Any, owner: CustomUser) -> bool:
    if not viewer.is_authenticated:
        return False
    return viewer.pk == owner.pk or owner.profile.listening_visible_to == UserProfile.Audience.EVERYONE


def anybody_here() -> CustomUser:
    """Somebody who brought nothing in: may see what everybody here may, and nothing else."""
    return CustomUser(pk=0)
