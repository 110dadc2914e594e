from typing import Any

from django.conf import settings
from django.db.models.signals import post_save
from django.dispatch import receiver

from users.models import UserProfile


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def make_profile(sender: Any, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """Give every user a profile, however the user came to be.

    Fixtures count too. One that brings its own profile row brings it after the user, with a key of its own choosing,
    so a profile made here would stand in its way: `raw` saves make theirs only when the fixture has ended without one.
    """
    UserProfile.objects.get_or_create(user_id=instance.pk)
