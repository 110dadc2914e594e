"""What a link opens: one track or one album, as far as its owner may hear it at this moment, and nothing else."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from music.access import album_for, track_for
from music.browsing import ALBUM_SEQUENCE
from music.models import Album, Track
from music.paging import Stretch
from music.querysets import TrackQuerySet
from music.rows import COLUMNS, TrackRow
from music.streaming import Audio
from sharing.models import Share
from sharing.secrets import hashed

MOST_SHOWN = 500


@dataclass(frozen=True)
class Shown:
    """What the page of a link shows; `rows` are the first MOST_SHOWN of `count` tracks."""

    share: Share
    title: str
    artist: str
    year: int | None
    rows: list[TrackRow]
    count: int
    duration_ms: int

    @property
    def kind(self) -> str:
        return self.share.kind

    @property
    def picture(self) -> str:
        """The name of an uploaded picture, "" where there is none."""
        return self.rows[0].cover or self.rows[0].album_cover or ""

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.rows)


def what_to_share(user: Any, kind: str, pk: int) -> Track | Album:
    """What the user may make a link to: whatever they may hear. Else 404."""
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
    shares = Share.objects.filter(owner_id=user.pk).annotate(is_heard=Exists(heard))
    return shares.select_related("track__artist", "track__album", "album__album_artist")


def tracks_of(share: Share) -> TrackQuerySet:
    """Asked anew for each request: rights that the owner lost, or a track that went, take effect at once."""
    tracks = Track.objects.visible_to(share.owner)
    return tracks.filter(pk=share.track_id) if share.track_id else tracks.filter(album_id=share.album_id)


def shown_by(share: Share) -> Shown:
    """404 when nothing of it may be heard any more."""
    tracks = tracks_of(share)
    first = Stretch(ALBUM_SEQUENCE, MOST_SHOWN).of(tracks, None)
    rows = [TrackRow(*values) for values in first.values_list(*COLUMNS)]
    if not rows:
        raise Http404
    lengths = list(tracks.values_list("duration_ms", flat=True))
    title, artist, year = _named(share, rows[0])
    return Shown(share, title, artist, year, rows, len(lengths), sum(lengths))


def audio_of(share: Share, track_id: int) -> Audio:
    values = tracks_of(share).filter(pk=track_id).values_list(*Audio._fields).first()
    if values is None:
        raise Http404
    return Audio(*values)


def length_of(share: Share, track_id: int) -> int:
    """In ms."""
    duration_ms = tracks_of(share).filter(pk=track_id).values_list("duration_ms", flat=True).first()
    if duration_ms is None:
        raise Http404
    return duration_ms


def has_picture(share: Share, picture: str) -> bool:
    return tracks_of(share).filter(Q(cover=picture) | Q(album__cover=picture)).exists()


def _with_owner(**which: Any) -> Share:
    return get_object_or_404(Share.objects.live().select_related("owner__profile"), **which)


def _named(share: Share, row: TrackRow) -> tuple[str, str, int | None]:
    if share.track_id:
        return row.title, row.credited, None
    album = Album.objects.with_artist().get(pk=share.album_id)
    return album.title, album.album_artist.name, album.first_year
