"""Into the trash from a track's page, and back at once. What lies in it is seen among one's uploads."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from music.access import track_to_edit, tracks_to_edit
from music.models import Track
from music.removal import restore, trash

TRASHED = "trashed_tracks"


@require_POST
def move_to_trash(request: HttpRequest, pk: int) -> HttpResponse:
    track = track_to_edit(request.user, pk)
    trash(Track.objects.filter(pk=pk))
    offer_undo(request, [pk], _("“%s” is in the trash now.") % track.title)
    return redirect("my_uploads" if track.uploader_id == request.user.pk else "home")


@require_POST
def undo_trash(request: HttpRequest) -> HttpResponse:
    """Take back what went into the trash last."""
    pks = request.session.pop(TRASHED, [])
    tracks = tracks_to_edit(request.user, pks)
    count = restore(tracks)
    if count:
        messages.success(request, ngettext("%d track is back.", "%d tracks are back.", count) % count)
    return redirect(tracks.get()) if count == 1 and len(pks) == 1 else redirect("my_uploads")


def offer_undo(request: HttpRequest, pks: list[int], sentence: str) -> None:
    request.session[TRASHED] = pks
    messages.success(request, sentence, extra_tags="undo-trash")
