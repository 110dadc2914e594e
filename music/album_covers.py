"""Which picture stands for an album: one that everybody here may see."""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.db.models import F

from music.files import discard_files
from music.models import Album, Track


def refresh_album_covers(album_ids: Iterable[int]) -> None:
    """An album keeps its picture as long as one of its public tracks has it, else it takes that of the first."""
    pictures: dict[int, list[str]] = defaultdict(list)
    for album_id, cover in _shown_on(album_ids):
        pictures[album_id].append(cover)
    changed, gone = [], set()
    for album in Album.objects.filter(pk__in=album_ids):
        if album.cover not in (pictures[album.pk] or [""]):
            gone.add(album.cover)
            album.cover = next(iter(pictures[album.pk]), "")
            changed.append(album)
    Album.objects.bulk_update(changed, ["cover"])
    transaction.on_commit(partial(discard_files, "", *gone))


def _shown_on(album_ids: Iterable[int]) -> Iterable[tuple[int, str]]:
    shown = Track.objects.filter(
        album__in=album_ids, state=Track.State.PUBLISHED, visibility=Track.Visibility.PUBLIC
    ).exclude(cover="")
    in_order = (F("disc_number").asc(nulls_first=True), F("track_number").asc(nulls_last=True), "pk")
    return shown.order_by(*in_order).values_list("album_id", "cover")
