"""Tells those who follow an artist of each new album: the worker looks for it."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, QuerySet
from django.utils import timezone

from listening.lease import lease
from music.models import ArtistFollow, Track
from users.models import Notification

# What was public longer than this when it is noticed is no news: an artist was merged, or a worker had stood still.
NEWS_FOR = timedelta(days=7)
AT_ONCE = 500


def tell_of_new_albums() -> int:
    """How many were told; once for each album and follower."""
    with lease("new_albums") as held:
        if held is None:
            return 0
        news = [
            Notification(user_id=user_id, album_id=album_id, kind=Notification.Kind.ALBUM)
            for user_id, album_id in _news().values_list("user_id", "artist__albums")
        ]
        Notification.objects.bulk_create(news, ignore_conflicts=True, batch_size=AT_ONCE)
        return len(news)


def _news() -> QuerySet[Any]:
    """Who follows the artist of which album, of those that came since; whoever brought it in knows of it."""
    album = OuterRef("artist__albums")
    follows = ArtistFollow.objects.filter(
        ~Exists(Notification.objects.filter(user=OuterRef("user"), album=album)),
        ~Exists(Track.objects.filter(uploader=OuterRef("user"), album=album)),
        artist__albums__tracks__state=Track.State.PUBLISHED,
        artist__albums__tracks__visibility=Track.Visibility.PUBLIC,
        user__is_active=True,
    )
    came = follows.values("user_id", "artist__albums", "since").annotate(
        came_at=Min("artist__albums__tracks__added_at")
    )
    return came.filter(came_at__gte=timezone.now() - NEWS_FOR).filter(came_at__gte=F("since")).order_by("user_id")
