"""What is like a track or an artist: a part of their pages that comes after them, and a page without JavaScript."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from discovery.impressions import record_shown, record_suggested
from discovery.shelf import Item
from discovery.similar import similar_artists, similar_tracks
from discovery.standing import standing_of
from music.access import artist_for, track_for


@require_safe
def tracks(request: HttpRequest, pk: int) -> HttpResponse:
    track = track_for(request.user, pk)
    offered = similar_tracks(standing_of(request.user), track)
    record_suggested(request.user, "similar", offered)
    return _answer(request, "discovery/similar_tracks.html", track=track, offered=offered)


@require_safe
def artists(request: HttpRequest, pk: int) -> HttpResponse:
    artist = artist_for(request.user, pk)
    cards = similar_artists(standing_of(request.user), artist)
    record_shown(request.user, {"similar-artists": [Item(pk, "") for pk in cards]}, are_artists=True)
    return _answer(request, "discovery/similar_artists.html", artist=artist, cards=[*cards.values()])


def _answer(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    """The frame alone where Turbo asks for it."""
    layout = "discovery/frame.html" if "Turbo-Frame" in request.headers else "base.html"
    response = render(request, template, {**context, "layout": layout})
    response["Vary"] = "Turbo-Frame"
    return response
