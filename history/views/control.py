"""What is recorded, what counts, and who may see it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from history.reviews.sharing import shares_of
from listening.errors import StoreAway
from listening.leaving_out import leave_out, left_out, let_count
from listening.models import LeftOut
from listening.private import begin_private_session, end_private_session, is_private
from music.access import album_for, track_for
from music.models import Album, Track
from playlists.access import playlist_for
from playlists.models import Playlist
from users.models import UserProfile
from users.views import safe_next


class AudienceForm(forms.ModelForm):
    class Meta:
        model = UserProfile
        fields = ["listening_visible_to"]
        widgets = {"listening_visible_to": forms.RadioSelect}


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = AudienceForm(request.POST or None, instance=user.profile)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("listening_settings")
    ids = left_out(user.pk)
    context = {
        "form": form,
        "is_private": is_private(user.pk),
        "shares": shares_of(user),
        "tracks": Track.objects.visible_to(user).with_credits().filter(pk__in=ids[LeftOut.Kind.TRACK]),
        "albums": Album.objects.visible_to(user).with_artist().filter(pk__in=ids[LeftOut.Kind.ALBUM]),
        "playlists": Playlist.objects.visible_to(user).filter(pk__in=ids[LeftOut.Kind.PLAYLIST]),
    }
    return render(request, "history/settings.html", context, status=422 if form.is_bound else 200)


@require_POST
def private_session(request: HttpRequest) -> HttpResponse:
    """Begins with `on`, ends without."""
    user: Any = request.user
    if request.POST.get("on"):
        begin_private_session(user.pk)
        messages.success(request, _("Private session: nothing you play is recorded until you end it."))
    else:
        end_private_session(user.pk)
        messages.success(request, _("The private session is over. What you play is in your history again."))
    return redirect(safe_next(request))


@require_POST
def leave_out_track(request: HttpRequest, pk: int) -> HttpResponse:
    track = track_for(request.user, pk)
    return _left_out(request, LeftOut.Kind.TRACK, track, track.title)


@require_POST
def leave_out_album(request: HttpRequest, pk: int) -> HttpResponse:
    album = album_for(request.user, pk)
    return _left_out(request, LeftOut.Kind.ALBUM, album, album.title)


@require_POST
def leave_out_playlist(request: HttpRequest, pk: int) -> HttpResponse:
    """What is played from it, from whichever page."""
    playlist = playlist_for(request.user, pk)
    try:
        return _left_out(request, LeftOut.Kind.PLAYLIST, playlist, playlist.name)
    except StoreAway:
        messages.error(request, _("Your history is out of reach for a moment. Try again soon."))
        return _back(request, playlist)


def _left_out(request: HttpRequest, kind: LeftOut.Kind, thing: Track | Album | Playlist, name: str) -> HttpResponse:
    """Out of the taste, or with `count` back into it."""
    user: Any = request.user
    if request.POST.get("count"):
        let_count(user.pk, kind, thing.pk)
        messages.success(request, _("“%s” counts for your taste again.") % name)
    else:
        leave_out(user.pk, kind, thing.pk)
        messages.success(request, _("“%s” no longer counts for your taste.") % name)
    return _back(request, thing)


def _back(request: HttpRequest, thing: Track | Album | Playlist) -> HttpResponse:
    return redirect(safe_next(request) if request.POST.get("next") else thing)
