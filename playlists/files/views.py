"""Playlists from files and as files, and what a file had that the library does not."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from playlists import keeping
from playlists.access import playlist_for, playlist_to_edit
from playlists.editing import PlaylistFullError
from playlists.files.bringing import WRITERS, as_file, fill, look_again, read
from playlists.files.entries import MOST_ENTRIES, NotAPlaylistError, PlaylistFile
from playlists.forms import PlaylistForm
from playlists.models import MissingTrack, Playlist

MOST_BYTES = 4 << 20
SHOWN = 500


class PlaylistFileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Playlist file (M3U8, XSPF or JSPF)"))

    def clean_file(self) -> PlaylistFile:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("The file is too large. A playlist takes at most %d MB.") % (MOST_BYTES >> 20))
        try:
            found = read(file.read())
        except NotAPlaylistError as flaw:
            raise ValidationError(str(flaw)) from flaw
        if len(found.entries) > MOST_ENTRIES:
            raise ValidationError(_("Import at most %d tracks at once.") % MOST_ENTRIES)
        return found


@require_http_methods(["GET", "HEAD", "POST"])
def import_playlist(request: HttpRequest) -> HttpResponse:
    """A new private playlist of what is found, and a report of what is not."""
    user: Any = request.user
    form = PlaylistFileForm(request.POST, request.FILES) if request.method == "POST" else PlaylistFileForm()
    if not form.is_valid():
        context = {"form": form}
        return render(request, "playlists/files/import.html", context, status=422 if form.is_bound else 200)
    file: PlaylistFile = form.cleaned_data["file"]
    said = {"name": file.name or _("Imported playlist"), "description": file.description, "visibility": "private"}
    naming = PlaylistForm(said, instance=Playlist(owner=user))
    if not naming.is_valid():
        form.add_error(None, [str(error) for errors in naming.errors.values() for error in errors])
        return render(request, "playlists/files/import.html", {"form": form}, status=422)
    with transaction.atomic():
        playlist = naming.save()
        found = fill(playlist, file.entries, request.get_host())
    report = ngettext("%(count)d track is imported.", "%(count)d tracks are imported.", found) % {"count": found}
    messages.success(request, report)
    return redirect(
        "missing_tracks" if MissingTrack.objects.filter(playlist=playlist).exists() else "playlist", playlist.pk
    )


@require_http_methods(["GET", "HEAD", "POST"])
def missing_tracks(request: HttpRequest, pk: int) -> HttpResponse:
    """What a file had and the library does not have yet. POST: look whether it has come."""
    playlist = playlist_to_edit(request.user, pk)
    if request.method == "POST":
        try:
            come = look_again(playlist, request.user)
        except PlaylistFullError as error:
            messages.warning(request, str(error))
            return redirect("missing_tracks", pk)
        report = ngettext("%(count)d track has come.", "%(count)d tracks have come.", come) % {"count": come}
        messages.success(request, report if come else _("None of them has come yet."))
        return redirect("missing_tracks", pk)
    waiting = MissingTrack.objects.filter(playlist=playlist)
    context = {"playlist": playlist, "waiting": waiting.order_by("position")[:SHOWN], "count": waiting.count()}
    return render(request, "playlists/files/missing.html", context)


@require_POST
def drop_missing(request: HttpRequest, pk: int) -> HttpResponse:
    playlist = playlist_to_edit(request.user, pk)
    if keeping.drop_missing(playlist):
        said = _("“%s” no longer waits for what was not found.") % playlist.name
        messages.success(request, said, extra_tags=f"undo-at {reverse('wait_again', args=[pk])}")
    return redirect(playlist)


@require_POST
def wait_again(request: HttpRequest, pk: int) -> HttpResponse:
    keeping.wait_again(playlist_to_edit(request.user, pk))
    return redirect("missing_tracks", pk)


@require_safe
def export_playlist(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    if kind not in WRITERS:
        raise Http404
    playlist = playlist_for(request.user, pk)
    write, content_type = WRITERS[kind]
    name = slugify(playlist.name) or f"playlist-{playlist.pk}"
    shown = write(as_file(request.user, playlist, request.build_absolute_uri))
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(shown, content_type=f"{content_type}; charset=utf-8", headers=headers)
