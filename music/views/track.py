"""A track's page, and what its uploader and staff do from there."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from audio.lyrics import parse_lrc
from listening.leaving_out import is_left_out
from listening.models import LeftOut
from music.access import can_edit, track_for, track_to_edit
from music.editing import TrackChanges, edit_tracks
from music.models import Lyrics, Track
from music.views.takedown import taken_down


@require_safe
def track(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        track = track_for(request.user, pk)
    except Http404:
        return taken_down(request, pk)
    more = Track.objects.visible_to(request.user).filter(artist=track.artist).exclude(pk=pk)
    context = {
        "track": track,
        "credits": track.artists.order_by("credits__position"),
        "lyrics": _lyrics(track),
        "can_edit": can_edit(request.user, track),
        "is_left_out": is_left_out(request.user.pk, LeftOut.Kind.TRACK, pk),
        "more": more.with_credits().order_by("-pk")[:6],
    }
    return render(request, "music/track.html", context)


@require_safe
@cache_control(private=True, no_cache=True)
def playing(request: HttpRequest, pk: int) -> JsonResponse:
    """What the player needs of the track it plays: gains in dB, peaks of full scale, each line and its ms."""
    track = track_for(request.user, pk)
    return JsonResponse(
        {
            "track_gain_db": track.track_gain_db,
            "track_peak": track.track_peak,
            "album_gain_db": track.album_gain_db,
            "album_peak": track.album_peak,
            "lyrics": _lyrics(track),
            "large_cover": track.large_cover_url,
        }
    )


def _lyrics(track: Track) -> list[tuple[int | None, str]]:
    """Each line and when it is sung, in milliseconds; None where nobody knows."""
    lyrics = Lyrics.objects.filter(track=track).first()
    if lyrics is None:
        return []
    return [*parse_lrc(lyrics.text)] if lyrics.is_synced else [(None, line) for line in lyrics.text.split("\n")]


@require_POST
def show_to(request: HttpRequest, pk: int, visibility: str) -> HttpResponse:
    """Make the track public or private."""
    track = track_to_edit(request.user, pk)
    edit_tracks([track], TrackChanges(visibility=visibility))
    if visibility == Track.Visibility.PRIVATE:
        messages.success(request, _("“%s” is private now.") % track.title)
    else:
        messages.success(request, _("Everyone here can hear “%s” now.") % track.title)
    return _back_to(request, track)


def _back_to(request: HttpRequest, track: Track) -> HttpResponse:
    """Staff do not see the private tracks of others, not even one that they have just made private."""
    is_visible = Track.objects.visible_to(request.user).filter(pk=track.pk).exists()
    return redirect(track) if is_visible else redirect("home")
