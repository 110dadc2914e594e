"""A playlist, and what is in it, goes when somebody says so, and comes back when they say that at once."""

from datetime import timedelta

from django.utils import timezone

from playlists.models import Playlist, PlaylistItem, SmartPlaylist, new_secret

DELETED_KEPT = timedelta(days=1)
REMOVED_KEPT = timedelta(days=1)


def delete(playlist: Playlist | SmartPlaylist) -> None:
    """It can be brought back for as long as DELETED_KEPT."""
    type(playlist).objects.filter(pk=playlist.pk).update(deleted_at=timezone.now())


def bring_back(playlist: Playlist | SmartPlaylist) -> None:
    type(playlist).with_deleted.filter(pk=playlist.pk).update(deleted_at=None)


def renew_link(playlist: Playlist | SmartPlaylist) -> None:
    """The one that was given away leads nowhere from now on."""
    type(playlist).objects.filter(pk=playlist.pk).update(secret=new_secret())


def purge() -> None:
    """What can no longer come back goes for good."""
    now = timezone.now()
    for kind in (Playlist, SmartPlaylist):
        kind.with_deleted.filter(deleted_at__lt=now - DELETED_KEPT).delete()
    PlaylistItem.with_removed.filter(removed_at__lt=now - REMOVED_KEPT).delete()
