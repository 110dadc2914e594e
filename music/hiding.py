"""What a listener never wants to be offered, as plain ids: who keeps them is a room above."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from music.models import Track, TrackCredit


class Hidden(NamedTuple):
    """Ids of tracks, artists and genres."""

    tracks: frozenset[int] = frozenset()
    artists: frozenset[int] = frozenset()
    genres: frozenset[int] = frozenset()


NOTHING_HIDDEN = Hidden()


def not_hidden(hidden: Hidden, track: str = "") -> Q:
    """Of the track at the end of that path: neither it, nor whoever is credited on it, nor any of its genres."""
    wanted, pk = Q(), OuterRef(f"{track}pk")
    if hidden.tracks:
        wanted &= ~Q(**{f"{track}pk__in": hidden.tracks})
    if hidden.artists:
        wanted &= ~Q(**{f"{track}artist_id__in": hidden.artists})
        wanted &= Q(~Exists(TrackCredit.objects.filter(track_id=pk, artist_id__in=hidden.artists)))
    if hidden.genres:
        wanted &= Q(~Exists(Track.genres.through.objects.filter(track_id=pk, genre_id__in=hidden.genres)))
    return wanted
