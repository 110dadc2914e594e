"""Editors: invited by the owner of a playlist, who may revoke it; they accept, decline, leave and come back."""

from typing import Any

from django.db import transaction
from django.db.models import Case, QuerySet, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from playlists.access import locked
from playlists.models import Editor, Playlist
from users.access import blockers_of, people
from users.notifications import Kind, answered, tell

MOST_EDITORS = 100


class CannotInviteError(Exception):
    """In words for whoever tried."""


@transaction.atomic
def invite(playlist: Playlist, username: str) -> Editor:
    """Raises CannotInviteError. Whoever was invited already stays so, and is told once."""
    invited = people(playlist.owner).filter(username=username).first() if "\0" not in username else None
    if invited is None:
        raise CannotInviteError(_("Nobody here is called “%s”. Write the name they sign in with.") % username)
    if invited.pk == playlist.owner_id:
        raise CannotInviteError(_("It is your own playlist: you can change it already."))
    if playlist.owner.blocks.filter(blocked=invited).exists():
        raise CannotInviteError(_("You blocked %s, who would never learn of it. Unblock them first.") % username)
    _hold_room(playlist)
    Editor.with_deleted.filter(playlist=playlist, user=invited, deleted_at__isnull=False).delete()
    editor, is_new = Editor.objects.get_or_create(playlist=playlist, user=invited)
    if is_new:
        tell(invited, Kind.INVITATION, playlist.owner, subject=playlist.name, url=reverse("playlists"))
    return editor


def invitations_of(user: Any) -> QuerySet[Editor]:
    """Those that are still to be answered."""
    open_ones = Editor.objects.filter(user=user, accepted_at=None, playlist__deleted_at=None)
    open_ones = open_ones.exclude(playlist__owner__in=blockers_of(user))
    return open_ones.select_related("playlist__owner__profile").order_by("-invited_at")


def accept(editor: Editor) -> None:
    Editor.objects.filter(pk=editor.pk, accepted_at=None).update(accepted_at=timezone.now())
    _answered(editor)


def leave(editor: Editor) -> None:
    """Or decline; what they added stays."""
    Editor.objects.filter(pk=editor.pk).update(deleted_at=timezone.now(), has_left=True)
    _answered(editor)


def _answered(editor: Editor) -> None:
    answered(editor.user, Kind.INVITATION, editor.playlist.owner, subject=editor.playlist.name)


def revoke(editor: Editor) -> None:
    """Also of who left before: they do not come back by themselves, and let in again they are asked anew."""
    stayed = Case(When(has_left=False, then="accepted_at"))
    Editor.with_deleted.filter(pk=editor.pk).update(deleted_at=timezone.now(), has_left=False, accepted_at=stayed)


@transaction.atomic
def come_back(editor: Editor) -> None:
    """Who left or was revoked, as what they were: an editor, or somebody invited. Raises CannotInviteError."""
    _hold_room(editor.playlist)
    ended = Editor.with_deleted.filter(pk=editor.pk, has_left=editor.has_left)
    ended.update(deleted_at=None, has_left=False)


def _hold_room(playlist: Playlist) -> None:
    """For one more, until the transaction ends. Raises CannotInviteError."""
    if locked(playlist).editors.count() >= MOST_EDITORS:
        raise CannotInviteError(_("A playlist has at most %d editors.") % MOST_EDITORS)
