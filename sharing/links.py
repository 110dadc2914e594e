"""Making links, turning them off, and on again."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from music.models import Album, Track
from playlists.models import Playlist
from sharing.models import Share
from sharing.secrets import hashed, new_seed, secret_of
from users.models import CustomUser

MOST_LIVE = 500
MOST_OVER = 500

# Of a link that is open all day the list needs no better than this, and the database no write for each look.
USE_NOTED_AFTER = timedelta(minutes=1)


class TooManyShares(Exception):
    """Turn one off first."""


@transaction.atomic
def make_share(user: Any, what: Track | Album | Playlist, *, days: int | None, password: str = "") -> Share:
    """Without days it works until it is turned off. Raises TooManyShares.

    Of those that are over the latest MOST_OVER are kept.
    """
    CustomUser.objects.select_for_update().get(pk=user.pk)
    live = Share.objects.live().filter(owner=user)
    if live.count() >= MOST_LIVE:
        raise TooManyShares
    over = Share.objects.filter(owner=user).exclude(pk__in=live.values("pk")).order_by("-pk")
    Share.objects.filter(pk__in=list(over.values_list("pk", flat=True)[MOST_OVER:])).delete()
    seed = new_seed()
    return Share.objects.create(
        owner=user,
        track=what if isinstance(what, Track) else None,
        album=what if isinstance(what, Album) else None,
        playlist=what if isinstance(what, Playlist) else None,
        seed=seed,
        secret_sha256=hashed(secret_of(seed)),
        password=make_password(password) if password else "",
        expires_at=timezone.now() + timedelta(days=days) if days else None,
    )


def revoke(share: Share) -> None:
    Share.objects.filter(pk=share.pk, revoked_at=None).update(revoked_at=timezone.now())


def restore(share: Share) -> None:
    """The same address works again."""
    Share.objects.filter(pk=share.pk).update(revoked_at=None)


def note_use(share: Share) -> None:
    now = timezone.now()
    if share.last_used_at is None or share.last_used_at < now - USE_NOTED_AFTER:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_AFTER)
        Share.objects.filter(unnoted, pk=share.pk).update(last_used_at=now)


def address(share: Share) -> str:
    """As it is handed on; "" when only who has it knows it."""
    path = share.get_absolute_url()
    return f"{settings.SITE_URL}{path}" if path else ""
