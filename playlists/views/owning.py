"""What the owner of a playlist does with it: make, describe, show to others, delete; and with folders and editors."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from playlists import inviting, keeping
from playlists.access import (
    deleted_playlist_of,
    editor_of,
    folder_of,
    left_part_in,
    own_part_in,
    playlist_of,
    removed_folder_of,
    revoked_editor_of,
)
from playlists.forms import FolderForm, PlaylistForm
from playlists.inviting import CannotInviteError, invite
from playlists.keeping import bring_back, delete, renew_link
from playlists.models import Folder, Playlist
from users.views import safe_next


@require_http_methods(["GET", "HEAD", "POST"])
def new_playlist(request: HttpRequest) -> HttpResponse:
    form = PlaylistForm(request.POST or None, request.FILES or None, instance=Playlist(owner=_user(request)))
    if form.is_valid():
        return redirect(form.save())
    return render(request, "playlists/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_playlist(request: HttpRequest, pk: int) -> HttpResponse:
    playlist = playlist_of(request.user, pk)
    form = PlaylistForm(request.POST or None, request.FILES or None, instance=playlist)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect(playlist)
    return _edit_page(request, Playlist.objects.get(pk=pk) if form.is_bound else playlist, form)


def _edit_page(
    request: HttpRequest, playlist: Playlist, form: PlaylistForm, refused: str | None = None
) -> HttpResponse:
    """`refused` is the name of somebody who cannot be invited, as it was typed."""
    context = {
        "form": form,
        "playlist": playlist,
        "editors": playlist.editors.select_related("user__profile").order_by("invited_at"),
        "refused": refused,
        "link": request.build_absolute_uri(reverse("playlist_by_link", args=[playlist.secret])),
    }
    return render(request, "playlists/edit.html", context, status=422 if form.is_bound or refused is not None else 200)


@require_POST
def new_link(request: HttpRequest, pk: int) -> HttpResponse:
    renew_link(playlist_of(request.user, pk))
    messages.success(request, _("The playlist has a new link. The old one leads nowhere any more."))
    return redirect("edit_playlist", pk)


@require_POST
def delete_playlist(request: HttpRequest, pk: int) -> HttpResponse:
    playlist = playlist_of(request.user, pk)
    delete(playlist)
    said = _("“%s” is deleted.") % playlist.name
    messages.success(request, said, extra_tags=f"undo-at {reverse('undelete_playlist', args=[pk])}")
    return redirect("playlists")


@require_POST
def undelete_playlist(request: HttpRequest, pk: int) -> HttpResponse:
    playlist = deleted_playlist_of(request.user, pk)
    bring_back(playlist)
    messages.success(request, _("“%s” is back.") % playlist.name)
    return redirect(playlist)


@require_POST
def new_folder(request: HttpRequest) -> HttpResponse:
    return _saved(request, FolderForm(request.POST, instance=Folder(owner=_user(request))))


@require_POST
def rename_folder(request: HttpRequest, pk: int) -> HttpResponse:
    return _saved(request, FolderForm(request.POST, instance=folder_of(request.user, pk)))


@require_POST
def remove_folder(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in it stays."""
    folder = folder_of(request.user, pk)
    keeping.remove_folder(folder)
    said = _("The folder “%s” is removed. Its playlists are still here.") % folder.name
    messages.success(request, said, extra_tags=f"undo-at {reverse('bring_folder_back', args=[pk])}")
    return redirect("playlists")


@require_POST
def bring_folder_back(request: HttpRequest, pk: int) -> HttpResponse:
    folder = keeping.bring_folder_back(removed_folder_of(request.user, pk))
    messages.success(request, _("“%s” is back.") % folder.name)
    return redirect("playlists")


def _saved(request: HttpRequest, form: FolderForm) -> HttpResponse:
    if form.is_valid():
        form.save()
        return redirect("playlists")
    return render(request, "playlists/folder.html", {"form": form}, status=422)


@require_POST
def invite_editor(request: HttpRequest, pk: int) -> HttpResponse:
    playlist = playlist_of(request.user, pk)
    username = request.POST.get("username", "").strip()[:150]
    try:
        editor = invite(playlist, username)
    except CannotInviteError as error:
        messages.warning(request, str(error))
        return _edit_page(request, playlist, PlaylistForm(instance=playlist), refused=username)
    messages.success(request, _("%s is invited.") % editor.user.profile)
    return redirect("edit_playlist", pk)


@require_POST
def revoke_editor(request: HttpRequest, pk: int, editor_id: int) -> HttpResponse:
    editor = editor_of(request.user, pk, editor_id)
    inviting.revoke(editor)
    said = _("%s can no longer change this playlist.") % editor.user.profile
    messages.success(request, said, extra_tags=f"undo-at {reverse('restore_editor', args=[pk, editor_id])}")
    return redirect("edit_playlist", pk)


@require_POST
def restore_editor(request: HttpRequest, pk: int, editor_id: int) -> HttpResponse:
    editor = revoked_editor_of(request.user, pk, editor_id)
    try:
        inviting.come_back(editor)
    except CannotInviteError as error:
        messages.warning(request, str(error))
    else:
        said = _("%s can change this playlist again.") if editor.accepted_at else _("%s is invited.")
        messages.success(request, said % editor.user.profile)
    return redirect("edit_playlist", pk)


@require_POST
def accept_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    editor = own_part_in(request.user, pk)
    inviting.accept(editor)
    return redirect(editor.playlist)


@require_POST
def leave_playlist(request: HttpRequest, pk: int) -> HttpResponse:
    """Or decline to edit it."""
    editor = own_part_in(request.user, pk)
    inviting.leave(editor)
    said = _("You no longer edit “%s”.") if editor.accepted_at else _("You declined to edit “%s”.")
    undo = reverse("rejoin_playlist", args=[pk])
    messages.success(request, said % editor.playlist.name, extra_tags=f"undo-at {undo}")
    return redirect(safe_next(request) if request.POST.get("next") else "playlists")


@require_POST
def rejoin_playlist(request: HttpRequest, pk: int) -> HttpResponse:
    editor = left_part_in(request.user, pk)
    try:
        inviting.come_back(editor)
    except CannotInviteError as error:
        messages.warning(request, str(error))
        return redirect("playlists")
    messages.success(request, _("“%s” is back.") % editor.playlist.name)
    return redirect(editor.playlist if editor.accepted_at else "playlists")


def _user(request: HttpRequest) -> Any:
    return request.user
