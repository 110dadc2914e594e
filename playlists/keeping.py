"""A playlist, and what belongs to it, goes when somebody says so, and comes back when they say that at once."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from playlists.models import Editor, Folder, MissingTrack, Playlist, PlaylistItem, SmartPlaylist, new_secret

Kept = Playlist | SmartPlaylist

DELETED_KEPT = timedelta(days=1)
REMOVED_KEPT = timedelta(days=1)


def delete(thing: Kept) -> None:
    """It can be brought back for as long as DELETED_KEPT."""
    type(thing).objects.filter(pk=thing.pk).update(deleted_at=timezone.now())


def deleted_lately(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those that can still be brought back."""
    return rows.filter(deleted_at__gte=timezone.now() - DELETED_KEPT)


def bring_back(thing: Kept) -> None:
    type(thing).with_deleted.filter(pk=thing.pk).update(deleted_at=None)


@transaction.atomic
def remove_folder(folder: Folder) -> None:
    """What is in it stays, in no folder."""
    inside = Playlist.with_deleted.filter(folder=folder)
    held = list(inside.values_list("pk", flat=True))
    inside.update(folder=None)
    Folder.objects.filter(pk=folder.pk).update(held=held, deleted_at=timezone.now())


@transaction.atomic
def bring_folder_back(folder: Folder) -> Folder:
    """With what was in it and was put nowhere else since; into one that has got its name meanwhile, if there is one."""
    there = Folder.objects.filter(owner_id=folder.owner_id, name=folder.name).first()
    Playlist.with_deleted.of(folder.owner).filter(pk__in=folder.held, folder=None).update(folder=there or folder)
    if there:
        folder.delete()
    else:
        Folder.with_deleted.filter(pk=folder.pk).update(held=[], deleted_at=None)
    return there or folder


def drop_missing(playlist: Playlist) -> int:
    """Wait no longer for what a file had; for how many tracks."""
    return MissingTrack.objects.filter(playlist=playlist).update(deleted_at=timezone.now())


def wait_again(playlist: Playlist) -> int:
    return deleted_lately(MissingTrack.with_deleted.filter(playlist=playlist)).update(deleted_at=None)


def renew_link(playlist: Playlist | SmartPlaylist) -> None:
    """The one that was given away leads nowhere from now on."""
    type(playlist).objects.filter(pk=playlist.pk).update(secret=new_secret())


def purge() -> None:
    """What can no longer come back goes for good."""
    now = timezone.now()
    for kind in (Playlist, SmartPlaylist, Folder, Editor, MissingTrack):
        kind.with_deleted.filter(deleted_at__lt=now - DELETED_KEPT).delete()
    PlaylistItem.with_removed.filter(removed_at__lt=now - REMOVED_KEPT).delete()
