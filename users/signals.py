from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.dispatch import receiver

from users.device_sessions import note_use
from users.models import UserProfile
from users.roles import role_of_newcomers


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def make_profile(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Give every user a profile and a role, however the user came to be: sign-up, createsuperuser, admin or a fixture.

    The profile's key is the user's own, so a fixture that brings its own profile row overwrites this one in place.
    """
    UserProfile.objects.get_or_create(pk=instance.pk)
    if kwargs["created"] and not kwargs["raw"]:
        instance.groups.add(*Group.objects.filter(name=role_of_newcomers()))


@receiver(user_logged_in)
def note_session(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """From its first moment, so that a session which asks for nothing more is in the list too."""
    if not request.session.session_key:
        request.session.save()
    note_use(request, user)
