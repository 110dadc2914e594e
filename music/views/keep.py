"""What a browser needs to keep tracks on its device, and the page that lists what it has kept."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from music.access import album_for, track_for
from music.browsing import ALBUM_SEQUENCE
from music.links import link
from music.models import Track
from music.querysets import TrackQuerySet
from music.rows import COLUMNS, TrackRow, for_player, row_of
from music.streaming import Audio, etag_now

MOST_TRACKS = 1000
MOST_ASKED = 200
MOST_DIGITS = 18  # of an id: more does not fit into the database's column


class KeptTrack(NamedTuple):
    row: TrackRow
    size_bytes: int


@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """The frame: the browser fills it. The copy that opens without a network (`?shell`) is drawn as if no private
    session lasted, as that may be over by then; what was heard in one the server refuses anyway.
    """
    return render(request, "music/kept.html", {"is_shell": "shell" in request.GET})


@require_safe
@never_cache
def keep_track(request: HttpRequest, pk: int) -> JsonResponse:
    track = track_for(request.user, pk)
    return to_keep(f"track:{pk}", track.title, track.get_absolute_url(), [KeptTrack(row_of(track), track.size_bytes)])


@require_safe
@never_cache
def keep_album(request: HttpRequest, pk: int) -> JsonResponse:
    album = album_for(request.user, pk)
    tracks = Track.objects.visible_to(request.user).filter(album=album)
    in_order = tracks.order_by(*ALBUM_SEQUENCE.keys, "pk")[:MOST_TRACKS]
    return to_keep(f"album:{pk}", album.title, album.get_absolute_url(), kept_tracks(in_order))


@require_safe
@never_cache
def still_there(request: HttpRequest) -> JsonResponse:
    """Of the tracks `?ids=1,2,3` those that the reader may hear, as they are now, with the ETag of their sound."""
    asked = request.GET.get("ids", "").split(",")[:MOST_ASKED]
    ids = [int(each) for each in asked if each.isdecimal() and len(each) <= MOST_DIGITS]
    tracks = Track.objects.visible_to(request.user).filter(pk__in=ids).with_credits()
    return JsonResponse(
        {"tracks": [_shown(row_of(track), track.size_bytes) | {"etag": etag_now(_audio(track))} for track in tracks]}
    )


def kept_tracks(tracks: TrackQuerySet) -> list[KeptTrack]:
    """Those of the queryset, in its order, by one query."""
    return [KeptTrack(TrackRow(*values), size) for *values, size in tracks.values_list(*COLUMNS, "size_bytes")]


def to_keep(key: str, title: str, href: str, tracks: list[KeptTrack]) -> JsonResponse:
    """What the browser keeps under the key, the source of listens to it as well."""
    return JsonResponse({"key": key, "title": title, "href": href, "tracks": [_shown(*track) for track in tracks]})


def _shown(row: TrackRow, size_bytes: int) -> dict[str, Any]:
    return for_player(row) | {"waveform": link("waveform", row.pk), "sizeBytes": size_bytes}


def _audio(track: Track) -> Audio:
    return Audio(track.pk, track.title, str(track.file), track.format, track.size_bytes, track.sha256)
