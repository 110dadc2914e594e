"""What an import did not find goes to its place by itself when it comes."""

from django.db.models import Q, QuerySet
from django_tasks import task

from music.models import Track
from playlists.editing import PlaylistFullError
from playlists.files.bringing import look_again
from playlists.models import MissingTrack, Playlist


def fill_later(track_ids: list[int]) -> None:
    """Ask the worker to, where a playlist waits for one of these tracks."""
    if _waiting_for(track_ids).exists():
        fill_with.enqueue(track_ids)


@task()
def fill_with(track_ids: list[int]) -> None:
    fill_now(track_ids)


def fill_now(track_ids: list[int]) -> int:
    """Put what has come of these tracks into the playlists that wait for it, if their owners may hear it; how often.

    A full playlist goes on waiting.
    """
    waiting, come = _waiting_for(track_ids), 0
    playlists = Playlist.objects.filter(pk__in=waiting.values("playlist_id"), owner__is_active=True)
    for playlist in playlists.select_related("owner").order_by("pk"):
        try:
            come += look_again(playlist, playlist.owner, waiting)
        except PlaylistFullError:
            continue
    return come


def _waiting_for(track_ids: list[int]) -> QuerySet[MissingTrack]:
    """By the same names or numbers."""
    come = Track.objects.filter(pk__in=track_ids, state=Track.State.PUBLISHED).order_by()
    rows = list(come.values_list("recording_key", "recording_mbid", "isrc"))
    if not rows:
        return MissingTrack.objects.none()
    keys, mbids, isrcs = map(set, zip(*rows, strict=True))
    same = Q(recording_key__in=keys) | Q(recording_mbid__in=mbids - {""}) | Q(isrc__in=isrcs - {""})
    return MissingTrack.objects.filter(same)
