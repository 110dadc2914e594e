"""What people listen to at this moment: kept only of those who show it, seen by those who may see their listening."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from listening.models import PrivateSession
from music.models import Track
from music.rows import COLUMNS, TrackRow
from social.models import NowListening
from users.access import listening_shown_to
from users.models import CustomUser

MOST = 12
PERSON = ("user__username", "user__profile__display_name", "user__profile__avatar")


class Playing(NamedTuple):
    username: str
    display_name: str
    avatar: str
    track: TrackRow


def note_begun(user: Any, track_id: int, until: datetime) -> None:
    """A listen that is told when its track is over is not now any more."""
    if user.profile.show_now_listening and track_id > 0 and until > timezone.now():
        NowListening.objects.update_or_create(user_id=user.pk, defaults={"track_id": track_id, "until": until})


def note_ended(user: Any, track_id: int) -> None:
    """Unless they play something else already."""
    if user.profile.show_now_listening:
        NowListening.objects.filter(user_id=user.pk, track_id=track_id).delete()


def now_listening(viewer: Any, people: QuerySet[CustomUser]) -> list[Playing]:
    """Of these people, the first MOST that the viewer may see; a track that they could not hear is not named."""
    may_be_seen = Q(user_id=viewer.pk) | Q(user__in=CustomUser.objects.filter(listening_shown_to(viewer)))
    shown = NowListening.objects.filter(
        may_be_seen,
        Exists(Track.objects.visible_to(viewer).filter(pk=OuterRef("track_id"))),
        ~Exists(PrivateSession.objects.filter(user_id=OuterRef("user_id"), ended_at=None)),
        user__in=people,
        user__profile__show_now_listening=True,
        until__gt=timezone.now(),
    )
    columns = (*PERSON, *(f"track__{name}" for name in COLUMNS))
    found = shown.order_by("user__username").values_list(*columns)[:MOST]
    return [Playing(name, shown_as, avatar, TrackRow(*row)) for name, shown_as, avatar, *row in found]
