"""What happens to what is in a playlist. Each change waits for the one before it, so that none is lost."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from fractional_indexing import generate_key_between, generate_n_keys_between

from music.models import Track
from playlists.access import locked
from playlists.keeping import REMOVED_KEPT
from playlists.models import Playlist, PlaylistItem

MOST_AT_ONCE = 1000
MOST_ITEMS = 20_000
LONGEST_POSITION = 100  # after some hundred moves to one and the same place; then all are given new ones
SET_POSITION = f"UPDATE {PlaylistItem._meta.db_table} SET position = %s WHERE id = %s"  # noqa: S608 our own table

SORTS = {
    "title": (Coalesce("track__sort_title", "track_title"), "position"),
    "artist": (
        Coalesce("track__sort_artist", "track_credit"),
        Coalesce("track__sort_title", "track_title"),
        "position",
    ),
    "album": (
        F("track__album__sort_title").asc(nulls_last=True),
        F("track__album_id").asc(nulls_last=True),
        F("track__disc_number").asc(nulls_first=True),
        F("track__track_number").asc(nulls_last=True),
        "position",
    ),
    "added": ("added_at", "pk"),
}
SORT_NAMES = (
    ("title", gettext_lazy("Title")),
    ("artist", gettext_lazy("Artist")),
    ("album", gettext_lazy("Album")),
    ("added", gettext_lazy("When it was added")),
)


class PlaylistFullError(Exception):
    """There is no room for that many tracks: MOST_ITEMS is the end. `str()` says so."""

    def __init__(self, playlist: Playlist) -> None:
        said = _("“%(name)s” would have more than %(most)d tracks: there is no room.")
        super().__init__(said % {"name": playlist.name, "most": MOST_ITEMS})


def already_in(playlist: Playlist, track_ids: Collection[int]) -> set[int]:
    return set(playlist.items.filter(track_id__in=track_ids).values_list("track_id", flat=True))


@transaction.atomic
def add_tracks(playlist: Playlist, track_ids: Sequence[int], by: Any) -> list[int]:
    """Put those that `by` may hear at the end, in that order. Answers the ids of the items."""
    names = ("pk", "title", "credit", "artist__name", "visibility", "duration_ms")
    found = {row[0]: row for row in Track.objects.visible_to(by).filter(pk__in=set(track_ids)).values_list(*names)}
    rows = [found[pk] for pk in track_ids if pk in found]
    if locked(playlist).track_count + len(rows) > MOST_ITEMS:
        raise PlaylistFullError(playlist)
    positions, now = generate_n_keys_between(_last_position(playlist), None, len(rows)), timezone.now()
    items = PlaylistItem.objects.bulk_create(
        [
            PlaylistItem(
                playlist=playlist,
                track_id=pk,
                position=position,
                added_by_id=by.pk,
                added_at=now,
                track_title=title,
                track_credit=credit or artist,
                was_public=visibility == Track.Visibility.PUBLIC,
                duration_ms=duration_ms,
            )
            for position, (pk, title, credit, artist, visibility, duration_ms) in zip(positions, rows, strict=True)
        ]
    )
    _count(playlist, len(items), sum(item.duration_ms for item in items))
    return [item.pk for item in items]


@transaction.atomic
def remove_items(playlist: Playlist, item_ids: Collection[int], by: Any) -> list[int]:
    """Take out those that `by` sees. They can be put back for as long as REMOVED_KEPT."""
    locked(playlist)
    seen = playlist.items.visible_to(by).filter(pk__in=item_ids)
    pks = list(seen.values_list("pk", flat=True))
    items = PlaylistItem.objects.filter(pk__in=pks)
    count, duration_ms = _sums(items)
    items.update(removed_at=timezone.now())
    _count(playlist, -count, -duration_ms)
    return pks


@transaction.atomic
def put_back(playlist: Playlist, item_ids: Collection[int], by: Any) -> int:
    """Those that `by` sees, where they were. Answers how many there still are."""
    track_count = locked(playlist).track_count
    removed = PlaylistItem.with_removed.visible_to(by).filter(
        playlist=playlist, pk__in=item_ids, removed_at__gte=timezone.now() - REMOVED_KEPT
    )
    count, duration_ms = _sums(removed)
    if track_count + count > MOST_ITEMS:
        raise PlaylistFullError(playlist)
    removed.update(removed_at=None)
    _count(playlist, count, duration_ms)
    return count


@transaction.atomic
def move_item(playlist: Playlist, item_id: int, *, after: int | None = None, before: int | None = None) -> bool:
    """Right after or right before another item, which may have been removed meanwhile; with neither, to the beginning.

    False when one of them is not there any more.
    """
    locked(playlist)
    items = PlaylistItem.with_removed.filter(playlist=playlist)
    beside = after or before
    if not items.filter(pk=item_id, removed_at=None).exists() or item_id == beside:
        return False
    place = _position_of(items, beside)
    if beside and place is None:
        return False
    others = items.exclude(pk=item_id)
    lower, upper = (place, _next(others, place)) if after or not before else (_previous(others, place), place)
    position = generate_key_between(lower, upper)
    if len(position) > LONGEST_POSITION:
        _give_positions(playlist, ("position",))
        return move_item(playlist, item_id, after=after, before=before)
    items.filter(pk=item_id).update(position=position)
    _count(playlist, 0, 0)
    return True


def step_item(playlist: Playlist, item_id: int, by: Any, *, down: bool) -> bool:
    """One place up or down among what `by` sees. False at the end of the list."""
    seen = playlist.items.visible_to(by).order_by("position" if down else "-position")
    place = _position_of(playlist.items.all(), item_id)
    if place is None:
        return False
    beyond = {"position__gt": place} if down else {"position__lt": place}
    beside = seen.filter(**beyond).values_list("pk", flat=True).first()
    return beside is not None and move_item(playlist, item_id, **{"after" if down else "before": beside})


@transaction.atomic
def sort_items(playlist: Playlist, by: str) -> None:
    """Once: from then on they stay where they are put. `by` is a name of SORTS."""
    locked(playlist)
    _give_positions(playlist, SORTS[by])
    _count(playlist, 0, 0)


def _give_positions(playlist: Playlist, order: Iterable[Any]) -> None:
    """Beyond all that there are, so that no two share one on the way; what was removed goes along."""
    pks = list(PlaylistItem.with_removed.filter(playlist=playlist).order_by(*order).values_list("pk", flat=True))
    positions = generate_n_keys_between(_last_position(playlist), None, len(pks))
    with connection.cursor() as cursor:  # bulk_update, of one CASE for all rows, takes a hundred times as long
        cursor.executemany(SET_POSITION, list(zip(positions, pks, strict=True)))


def _count(playlist: Playlist, count: int, duration_ms: int) -> None:
    Playlist.objects.filter(pk=playlist.pk).update(
        track_count=F("track_count") + count,
        duration_ms=F("duration_ms") + duration_ms,
        changed_at=timezone.now(),
    )


def _sums(items: Any) -> tuple[int, int]:
    sums = items.aggregate(count=Count("pk"), duration_ms=Sum("duration_ms"))
    return sums["count"], sums["duration_ms"] or 0


def _position_of(items: Any, pk: int | None) -> str | None:
    position: str | None = items.filter(pk=pk).values_list("position", flat=True).first() if pk else None
    return position


def _last_position(playlist: Playlist) -> str | None:
    return _previous(PlaylistItem.with_removed.filter(playlist=playlist), None)


def _next(items: Any, place: str | None) -> str | None:
    beyond = items.filter(position__gt=place) if place else items
    position: str | None = beyond.order_by("position").values_list("position", flat=True).first()
    return position


def _previous(items: Any, place: str | None) -> str | None:
    before = items.filter(position__lt=place) if place else items
    position: str | None = before.order_by("-position").values_list("position", flat=True).first()
    return position
