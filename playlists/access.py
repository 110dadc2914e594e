"""One playlist for one user, or 404: the one file that says who may touch which."""

from typing import Any

from django.db.models import BigIntegerField, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from playlists.keeping import deleted_lately
from playlists.models import Editor, Folder, Playlist, PlaylistItem, SmartPlaylist
from users.access import blockers_of


def playlist_for(user: Any, playlist_id: int) -> Playlist:
    """To look at and to play."""
    return _one(Playlist.objects.visible_to(user), pk=playlist_id)


def playlist_with_secret(user: Any, secret: str) -> Playlist:
    """The same for whoever was given its link."""
    return _given(Playlist, user, secret)


def playlist_to_edit(user: Any, playlist_id: int) -> Playlist:
    """To add, move and remove tracks: for the owner and for those who accepted to edit it."""
    return _one(Playlist.objects.editable_by(user), pk=playlist_id)


def playlist_of(user: Any, playlist_id: int) -> Playlist:
    """To rename, show to others, delete: for the owner alone."""
    return _one(Playlist.objects.of(user), pk=playlist_id)


def deleted_playlist_of(user: Any, playlist_id: int) -> Playlist:
    """To bring back, for as long as DELETED_KEPT."""
    return _deleted(Playlist, user, playlist_id)


def smart_for(user: Any, smart_id: int) -> SmartPlaylist:
    """To look at and to play."""
    return _one(SmartPlaylist.objects.visible_to(user), pk=smart_id)


def smart_with_secret(user: Any, secret: str) -> SmartPlaylist:
    return _given(SmartPlaylist, user, secret)


def smart_of(user: Any, smart_id: int) -> SmartPlaylist:
    """To change, show to others, delete: for the owner alone."""
    return _one(SmartPlaylist.objects.of(user), pk=smart_id)


def deleted_smart_of(user: Any, smart_id: int) -> SmartPlaylist:
    return _deleted(SmartPlaylist, user, smart_id)


def locked(playlist: Playlist) -> Playlist:
    """As it is now. Until the transaction ends nobody else changes what is in it."""
    return get_object_or_404(Playlist.objects.select_for_update(), pk=playlist.pk)


def may_edit(user: Any, playlist: Playlist) -> bool:
    """Of one that the user may see."""
    return playlist.owner_id == user.pk or Playlist.objects.editable_by(user).filter(pk=playlist.pk).exists()


def own_part_in(user: Any, playlist_id: int) -> Editor:
    """What the user was invited to, or edits: to accept, to decline, to leave."""
    mine = Editor.objects.filter(user_id=user.pk, playlist__deleted_at=None).select_related("playlist")
    return get_object_or_404(mine, playlist=_possible(playlist_id))


def left_part_in(user: Any, playlist_id: int) -> Editor:
    """What the user left or declined, to come back to."""
    left = Editor.with_deleted.filter(user_id=user.pk, has_left=True, playlist__deleted_at=None)
    left = deleted_lately(left.exclude(playlist__owner__in=blockers_of(user)))
    return get_object_or_404(left.select_related("playlist"), playlist=_possible(playlist_id))


def editor_of(user: Any, playlist_id: int, editor_id: int) -> Editor:
    """Of the user's own playlist: to revoke; also who left and may still come back."""
    editors = Editor.with_deleted.filter(Q(deleted_at=None) | Q(has_left=True))
    editors = editors.filter(playlist=playlist_of(user, playlist_id)).select_related("user__profile")
    return get_object_or_404(editors, pk=_possible(editor_id))


def revoked_editor_of(user: Any, playlist_id: int, editor_id: int) -> Editor:
    """To let in again; not who left by themselves."""
    revoked = deleted_lately(Editor.with_deleted.filter(playlist=playlist_of(user, playlist_id), has_left=False))
    return get_object_or_404(revoked.select_related("user__profile", "playlist"), pk=_possible(editor_id))


def folder_of(user: Any, folder_id: int) -> Folder:
    return get_object_or_404(Folder, owner_id=user.pk, pk=_possible(folder_id))


def removed_folder_of(user: Any, folder_id: int) -> Folder:
    removed = deleted_lately(Folder.with_deleted.filter(owner_id=user.pk))
    return get_object_or_404(removed.select_related("owner"), pk=_possible(folder_id))


def items_for(user: Any, playlist: Playlist) -> QuerySet[PlaylistItem]:
    """What the user may see of a playlist that they may see, in its order."""
    return PlaylistItem.objects.visible_to(user).filter(playlist=playlist).order_by("position")


def _given(kind: Any, user: Any, secret: str) -> Any:
    if not user.is_authenticated or "\0" in secret:
        raise Http404
    return _one(kind.objects.with_secret(user, secret))


def _deleted(kind: Any, user: Any, pk: int) -> Any:
    return _one(deleted_lately(kind.with_deleted.of(user)), pk=pk)


def _one(playlists: Any, **which: Any) -> Any:
    if "pk" in which:
        _possible(which["pk"])
    return get_object_or_404(playlists.select_related("owner__profile"), **which)


def _possible(pk: int) -> int:
    """An address may hold a number that no database has room for."""
    if pk > BigIntegerField.MAX_BIGINT:
        raise Http404
    return pk
