"""To follow people, or to be left alone by them.

Whoever changes what is between two people holds the row of the one who is followed, or who blocks: somebody who asks at
the very moment at which they are blocked does not slip through.
"""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from users.models import Block, CustomUser, Follow, Mute, Notification


@transaction.atomic
def ask(follower: Any, followed: CustomUser) -> Follow | None:
    """Follows at once, or asks whoever wants to be asked.

    None where nothing changes: a second time, where one of them has blocked the other, and for oneself.
    """
    followed = _held(followed)
    if follower.pk == followed.pk or _are_blocked(follower, followed):
        return None
    approved_at = None if followed.profile.needs_approval else timezone.now()
    follow, is_new = Follow.objects.get_or_create(
        follower_id=follower.pk, followed=followed, defaults={"approved_at": approved_at}
    )
    return follow if is_new else None


def accept(followed: Any, follower: CustomUser) -> bool:
    """Whether there was somebody waiting."""
    waiting = Follow.objects.filter(follower=follower, followed=followed, approved_at=None)
    return waiting.update(approved_at=timezone.now()) > 0


def refuse(followed: Any, follower: CustomUser) -> None:
    """Of one who asked, or who follows already; they may ask again."""
    Follow.objects.filter(follower=follower, followed=followed).delete()


def unfollow(follower: Any, followed: CustomUser) -> None:
    Follow.objects.filter(follower=follower, followed=followed).delete()


@transaction.atomic
def block(blocker: Any, blocked: CustomUser) -> None:
    """From now on neither follows the other, and who is blocked does not find the blocker."""
    if blocker.pk == blocked.pk:
        return
    for each in sorted((blocker, blocked), key=lambda person: person.pk):
        _held(each)
    Block.objects.get_or_create(blocker_id=blocker.pk, blocked=blocked)
    Follow.objects.filter(_between(blocker, blocked, "follower", "followed")).delete()
    Notification.objects.filter(_between(blocker, blocked, "user", "actor")).delete()


def unblock(blocker: Any, blocked: CustomUser) -> None:
    Block.objects.filter(blocker=blocker, blocked=blocked).delete()


def mute(muter: Any, muted: CustomUser) -> None:
    if muter.pk != muted.pk:
        Mute.objects.get_or_create(muter_id=muter.pk, muted=muted)


def unmute(muter: Any, muted: CustomUser) -> None:
    Mute.objects.filter(muter=muter, muted=muted).delete()


def _held(user: Any) -> CustomUser:
    return CustomUser.objects.select_for_update(of=("self",)).select_related("profile").get(pk=user.pk)


def _are_blocked(one: Any, other: Any) -> bool:
    return Block.objects.filter(_between(one, other, "blocker", "blocked")).exists()


def _between(one: Any, other: Any, first: str, second: str) -> Q:
    return Q(**{first: one, second: other}) | Q(**{first: other, second: one})
