from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from playlists.models.deleting import Deletable
from users.access import blockers_of, follower_of

if TYPE_CHECKING:
    from music.querysets import Reader


class Visibility(models.TextChoices):
    PRIVATE = "private", _("Only me and those I invite")
    LINK = "link", _("Whoever here has the link")
    FOLLOWERS = "followers", _("People who follow me")
    PUBLIC = "public", _("Everyone here")


TO_OTHERS = (Visibility.PUBLIC, Visibility.FOLLOWERS)


class ShownQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> Any:
        """Their own, public ones, and those for followers of who lets them follow; nothing for somebody who has not
        signed in, and nothing of who has blocked them.

        One that is for whoever has its link is found by `with_secret` alone.
        """
        if not user.is_authenticated:
            return self.none()
        for_others = Q(visibility=Visibility.PUBLIC)
        for_others |= Q(visibility=Visibility.FOLLOWERS, owner__in=follower_of(user))
        shown = Q(owner_id=user.pk) | (for_others & Q(owner__is_active=True)) | self.shared_with(user)
        return self.filter(shown).exclude(owner__in=blockers_of(user))

    def shared_with(self, user: Reader) -> Any:
        """A condition: what the user sees whoever it is shown to besides."""
        return Q()

    def shown_to_others(self) -> Any:
        """Without those that only their owners and whoever has a link may see."""
        return self.filter(visibility__in=TO_OTHERS)

    def of(self, user: Reader) -> Any:
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def with_secret(self, user: Reader, secret: str) -> Any:
        found = self.filter(visibility=Visibility.LINK, secret=secret, owner__is_active=True)
        return found.exclude(owner__in=blockers_of(user))


def new_secret() -> str:
    """128 bits."""
    return secrets.token_urlsafe(16)


class Shown(Deletable):
    """What its owner shows to nobody, to whoever has its link, to followers or to everyone here.

    `shown_since` is when it was last made one of TO_OTHERS; until then it says nothing.
    """

    Visibility = Visibility

    visibility = models.CharField(
        _("who may see it"), max_length=9, choices=Visibility.choices, default=Visibility.PRIVATE
    )
    secret = models.CharField(max_length=32, unique=True, default=new_secret, editable=False)

    shown_since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
