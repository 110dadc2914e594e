"""A playlist goes when its owner says so, and comes back when they say that at once."""

from datetime import timedelta

from django.utils import timezone

from playlists.models import Playlist

DELETED_KEPT = timedelta(days=1)


def delete(playlist: Playlist) -> None:
    """It can be brought back for as long as DELETED_KEPT; those deleted before that go for good."""
    now = timezone.now()
    Playlist.objects.filter(pk=playlist.pk).update(deleted_at=now)
    Playlist.with_deleted.filter(owner_id=playlist.owner_id, deleted_at__lt=now - DELETED_KEPT).delete()


def bring_back(playlist: Playlist) -> None:
    Playlist.with_deleted.filter(pk=playlist.pk).update(deleted_at=None)
