"""What somebody is told in the page: the function for whoever has something to tell, and what is there to be read."""

from typing import Any

from django.db.models import Q, QuerySet

from music.models import Album
from users.access import blockers_of
from users.models import CustomUser, Mute, Notification

Kind = Notification.Kind


def tell(user: Any, kind: Kind, actor: Any = None, *, subject: str = "", url: str = "") -> None:
    """Once until it is read: who asks and takes it back ten times is told of once.

    Nobody is told of themselves, of who was muted, or of who blocked them. `url` is a path of ours.
    """
    if actor is not None and (actor.pk == user.pk or _is_unwanted(user, actor)):
        return
    about = {"subject": subject[:255], "url": url}
    what = {"user_id": user.pk, "kind": kind, "actor_id": actor.pk if actor else None, **about}
    if not Notification.objects.filter(**what, is_read=False).exists():
        Notification.objects.create(**what)


def notifications_of(user: Any) -> QuerySet[Notification]:
    """What they may still see, the latest first: an album that is gone from sight is not told of."""
    from_people = Q(actor=None) | Q(actor__is_active=True) & ~Q(actor__in=blockers_of(user))
    of_albums = Q(album=None) | Q(album__in=Album.objects.visible_to(user))
    shown = Notification.objects.filter(from_people, of_albums, user_id=user.pk)
    return shown.select_related("actor__profile", "album__album_artist", "takedown").order_by("-pk")


def answered(user: Any, kind: Kind, actor: Any, *, subject: str = "") -> None:
    """What `actor` asked them: whoever has answered has read it."""
    asked = Notification.objects.filter(user_id=user.pk, kind=kind, actor_id=actor.pk, subject=subject[:255])
    asked.filter(is_read=False).update(is_read=True)


def settle_unread(user: Any) -> None:
    """Who looks has read what they may no longer see; `user.unread_count` is what is left."""
    unread = Notification.objects.filter(user_id=user.pk, is_read=False)
    unread.exclude(pk__in=notifications_of(user).order_by().values("pk")).update(is_read=True)
    user.unread_count = unread.count()


def read_all(user: Any) -> None:
    Notification.objects.filter(user_id=user.pk, is_read=False).update(is_read=True)


def _is_unwanted(user: Any, actor: CustomUser) -> bool:
    is_muted = Mute.objects.filter(muter_id=user.pk, muted_id=actor.pk).exists()
    return is_muted or blockers_of(user).filter(blocker_id=actor.pk).exists()
