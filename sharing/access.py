"""What a link opens: one track, album or playlist, as far as its owner may hear it at this moment, and nothing else."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404

from music.access import album_for, track_for
from music.browsing import ALBUM_SEQUENCE
from music.models import Album, Track
from music.paging import Stretch
from music.querysets import TrackQuerySet, visible
from music.rows import COLUMNS, TrackRow
from music.streaming import Audio
from playlists.models import Playlist, PlaylistItem
from sharing.models import Share
from sharing.secrets import hashed

MOST_SHOWN = 500


@dataclass(frozen=True)
class Shown:
    """What the page of a link shows; `rows` are at most MOST_SHOWN of `count` tracks, after the first `start`.

    `artist` is "" of a playlist, `picture` the name of an uploaded one or "".
    """

    share: Share
    title: str
    artist: str
    year: int | None
    picture: str
    rows: list[TrackRow]
    count: int
    duration_ms: int
    start: int = 0

    @property
    def kind(self) -> str:
        return self.share.kind

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.rows)

    @property
    def end(self) -> int:
        return self.start + len(self.rows)

    @property
    def following(self) -> int:
        """How many come on the next page."""
        return max(0, min(MOST_SHOWN, self.count - self.end))


def what_to_share(user: Any, kind: str, pk: int) -> Track | Album | Playlist:
    """What the user may make a link to: what they may hear, and playlists that are their own or public. Else 404."""
    if kind == "playlist":
        return get_object_or_404(_playlists_to_share(user), pk=pk)
    return track_for(user, pk) if kind == "track" else album_for(user, pk)


def share_with(secret: str) -> Share:
    """The live one of that secret, with its owner, or 404."""
    share = _with_owner(secret_sha256=hashed(secret))
    share.secret = secret
    return share


def share_numbered(pk: int) -> Share:
    """The live one that something was signed for, or 404."""
    return _with_owner(pk=pk)


def own_share(user: Any, pk: int) -> Share:
    return get_object_or_404(Share, owner=user, pk=pk)


def shares_of(user: Any) -> QuerySet[Share]:
    """In whatever state; `is_heard` says whether their owner may still hear what they show."""
    heard = Track.objects.visible_to(user).filter(Q(pk=OuterRef("track_id")) | Q(album_id=OuterRef("album_id")))
    there = _playlists_to_share(user).filter(pk=OuterRef("playlist_id"))
    shares = Share.objects.filter(owner_id=user.pk).annotate(is_heard=Exists(heard) | Exists(there))
    return shares.select_related("track__artist", "track__album", "album__album_artist", "playlist")


def shown_by(share: Share, start: int = 0) -> Shown:
    """404 when nothing of it may be heard any more."""
    rows = _rows(share, start)
    if not rows:
        raise Http404
    is_all = not start and len(rows) < MOST_SHOWN
    count, duration_ms = (len(rows), sum(row.duration_ms for row in rows)) if is_all else _sums(share)
    title, artist, year, picture = _named(share, rows[0])
    return Shown(share, title, artist, year, picture, rows, count, duration_ms, start)


def audio_of(share: Share, track_id: int) -> Audio:
    values = _tracks(share).filter(pk=track_id).values_list(*Audio._fields).first()
    if values is None:
        raise Http404
    return Audio(*values)


def length_of(share: Share, track_id: int) -> int:
    """In ms."""
    duration_ms = _tracks(share).filter(pk=track_id).values_list("duration_ms", flat=True).first()
    if duration_ms is None:
        raise Http404
    return duration_ms


def has_picture(share: Share, picture: str) -> bool:
    tracks = _tracks(share)
    if share.playlist_id and tracks.exists() and Playlist.objects.filter(pk=share.playlist_id, cover=picture).exists():
        return True
    return tracks.filter(Q(cover=picture) | Q(album__cover=picture)).exists()


def _with_owner(**which: Any) -> Share:
    return get_object_or_404(Share.objects.live().select_related("owner__profile"), **which)


def _playlists_to_share(user: Any) -> QuerySet[Playlist]:
    """Those that somebody edits but that are another's and private stay with whom they were meant for."""
    theirs_or_public = Q(owner_id=user.pk) | Q(visibility=Playlist.Visibility.PUBLIC)
    return Playlist.objects.visible_to(user).filter(theirs_or_public)


def _tracks(share: Share) -> TrackQuerySet:
    """Asked anew for each request: rights that the owner lost, or a track that went, take effect at once."""
    tracks = Track.objects.visible_to(share.owner)
    if share.playlist_id:
        return tracks.filter(pk__in=_items(share).values("track_id"))
    return tracks.filter(pk=share.track_id) if share.track_id else tracks.filter(album_id=share.album_id)


def _items(share: Share) -> QuerySet[PlaylistItem]:
    """Of its playlist, as far as the owner may hear them; none when it is no longer theirs to share."""
    playlists = _playlists_to_share(share.owner).filter(Q(pk=share.playlist_id))
    return PlaylistItem.objects.filter(visible(share.owner, "track__"), playlist__in=playlists)


def _rows(share: Share, start: int) -> list[TrackRow]:
    end = start + MOST_SHOWN
    if share.playlist_id:
        columns = [f"track__{name}" for name in COLUMNS]
        found = _items(share).order_by("position").values_list(*columns)[start:end]
    else:
        found = Stretch(ALBUM_SEQUENCE, end).of(_tracks(share), None).values_list(*COLUMNS)[start:]
    return [TrackRow(*values) for values in found]


def _sums(share: Share) -> tuple[int, int]:
    """How many tracks on all its pages, and their length in ms."""
    rows, length = (_items(share), "track__duration_ms") if share.playlist_id else (_tracks(share), "duration_ms")
    sums = rows.order_by().aggregate(count=Count("pk"), duration_ms=Sum(length))
    return sums["count"], sums["duration_ms"] or 0


def _named(share: Share, row: TrackRow) -> tuple[str, str, int | None, str]:
    """Title, artist, year and picture."""
    picture = row.cover or row.album_cover or ""
    if share.track_id:
        return row.title, row.credited, None, picture
    if share.playlist_id:
        playlist = Playlist.objects.get(pk=share.playlist_id)
        return playlist.name, "", None, playlist.cover or picture
    album = Album.objects.with_artist().get(pk=share.album_id)
    return album.title, album.album_artist.name, album.first_year, picture
