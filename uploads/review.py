"""From drafts to tracks that others see: what their sender decides about each, alone or about many at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from music.access import tracks_to_edit
from music.album_covers import refresh_album_covers
from music.cataloguing import show_album_covers
from music.files import discard_files
from music.joining import join_later, tracks_named
from music.loudness import refresh_album_gains
from music.measuring import forget_sound
from music.models import Lyrics, Track, TrackCredit, TrackWaveform
from music.refusing import refused_sounds
from music.removal import discard, discard_unused, restore
from music.search import index_tracks
from music.tasks import write_tags_later
from uploads.models import Upload
from uploads.twins import audio_in_reach, in_reach

# What a track that is replaced keeps of its own: its number, who brought it in and when, and who may hear it.
REPLACED = (
    *("title", "artist", "credit", "album", "year", "original_year", "track_number", "disc_number", "disc_subtitle"),
    *("recording_mbid", "isrc", "sort_title", "sort_artist", "file", "original_filename", "sha256", "audio_sha256"),
    *("format", "size_bytes", "duration_ms", "bitrate_kbps", "sample_rate_hz", "channels", "loudness_lufs"),
    *("track_gain_db", "track_peak", "album_gain_db", "album_peak"),
)


@dataclass(frozen=True)
class Outcome:
    """The tracks that are published now, the uploads about whose twins nothing has been decided yet, and how many were
    refused.
    """

    tracks: list[Track]
    undecided: list[Upload]
    refused: int


def drafts_of(user: Any) -> QuerySet[Upload]:
    """In the order in which they came in."""
    waiting = Upload.objects.filter(user=user, state=Upload.State.REVIEW, track__state=Track.State.REVIEW)
    return waiting.select_related("track").order_by("created_at", "pk")


def publish(user: Any, upload_ids: Iterable[UUID]) -> Outcome:
    """Let others see and hear these drafts; those that look like a copy of something wait for a decision."""
    forget_what_is_gone(user)
    with transaction.atomic():
        chosen = list(drafts_of(user).filter(pk__in=upload_ids).select_for_update(of=("self",)))
        uploads = _not_refused_since(user, chosen)
        _look_for_twins_again(user, uploads)
        ready = [upload for upload in uploads if upload.twin_id is None]
        tracks = _published([upload.track for upload in ready if upload.track])
        _settle(ready, Upload.State.PUBLISHED)
    return Outcome(tracks, [upload for upload in uploads if upload.twin_id], len(chosen) - len(uploads))


def _not_refused_since(user: Any, uploads: list[Upload]) -> list[Upload]:
    """Without those whose sound may not come in any more: their drafts go."""
    why = refused_sounds(user, {upload.track.audio_sha256 for upload in uploads if upload.track})
    for upload in uploads:
        if upload.track and (reason := why.get(upload.track.audio_sha256)):
            _discard_drafts([upload])
            _settle([upload], Upload.State.REFUSED, reason, track=None)
    return [upload for upload in uploads if upload.track and upload.track.audio_sha256 not in why]


def _published(tracks: list[Track]) -> list[Track]:
    now = timezone.now()
    values = {"state": Track.State.PUBLISHED, "state_since": now, "added_at": now}
    for track in tracks:
        for name, value in values.items():
            setattr(track, name, value)
    Track.objects.filter(pk__in=[track.pk for track in tracks]).update(**values)
    show_album_covers(tracks)
    refresh_album_gains({track.album_id for track in tracks if track.album_id})
    join_later(track.pk for track in tracks)
    write_tags_later(track.pk for track in tracks)
    return tracks


def _look_for_twins_again(user: Any, uploads: list[Upload]) -> None:
    """Somebody else may have published the same music since it was checked."""
    alone = [(upload, upload.track) for upload in uploads if upload.track and not upload.twin_id]
    drafts = [(upload, draft) for upload, draft in alone if not draft.is_copy]
    found = audio_in_reach(user, (draft.audio_sha256 for _upload, draft in drafts))
    for upload, draft in drafts:
        if twin := found.get(draft.audio_sha256):
            upload.twin, upload.likeness = twin, Upload.Likeness.AUDIO
            upload.save(update_fields=["twin", "likeness"])


def forget_what_is_gone(user: Any) -> None:
    """Drafts that somebody else has deleted, and twins that are none of the sender's business any more."""
    Upload.objects.filter(user=user, state=Upload.State.REVIEW, track=None).delete()
    drafts_of(user).filter(twin__isnull=False).exclude(twin__in=in_reach(user)).update(twin=None, likeness="")


def keep_old(user: Any, upload_ids: Iterable[UUID]) -> int:
    """Keep the tracks that are there, out of the trash too, and drop the drafts that look like them; how many."""
    with transaction.atomic():
        uploads = list(drafts_of(user).filter(pk__in=upload_ids, twin__isnull=False).select_for_update(of=("self",)))
        restore(Track.objects.kept_by(user).filter(pk__in=[upload.twin_id for upload in uploads]))
        _discard_drafts(uploads)
        _settle(uploads, Upload.State.DUPLICATE, _("You kept the one that was there."))
    return len(uploads)


def keep_both(user: Any, upload_ids: Iterable[UUID]) -> int:
    """These drafts are no copies, or wanted all the same; how many."""
    with transaction.atomic():
        uploads = list(drafts_of(user).filter(pk__in=upload_ids, twin__isnull=False).select_for_update(of=("self",)))
        Track.objects.filter(brought_by__in=uploads).update(is_copy=True)
        _these(uploads).update(twin=None, likeness="")
    return len(uploads)


def discard_drafts(user: Any, upload_ids: Iterable[UUID]) -> int:
    """As if the files had never come; how many."""
    with transaction.atomic():
        uploads = list(drafts_of(user).filter(pk__in=upload_ids).select_for_update(of=("self",)))
        _discard_drafts(uploads)
        _these(uploads).delete()
    return len(uploads)


def may_replace(user: Any, twins: Iterable[Track]) -> set[int]:
    """Which of these tracks are the user's to change; those of a folder that is used in place are changed there."""
    own = tracks_to_edit(user, [twin.pk for twin in twins]).exclude(library_files__folder__in_place=True)
    return set(own.values_list("pk", flat=True))


def replace(user: Any, upload_id: UUID) -> Track | None:
    """The track that was there takes over the sound and the words of the draft, and goes on with its listens.

    None where there is nothing to replace any more, or where it is somebody else's.
    """
    with transaction.atomic():
        uploads = drafts_of(user).select_related("track", "twin").select_for_update(of=("self",))
        upload = next(iter(_not_refused_since(user, list(uploads.filter(pk=upload_id)))), None)
        if not (upload and upload.track and upload.twin and may_replace(user, [upload.twin])):
            return None
        track = _take_over(upload.twin, upload.track)
        if track.state == Track.State.REVIEW:
            _settle([upload], Upload.State.DUPLICATE, _("It took the place of the other one, which you can review."))
        else:
            _settle([upload], Upload.State.PUBLISHED, track=track)
    return track


def _take_over(old: Track, draft: Track) -> Track:
    """`old` with everything that is new about it; its former file goes when that is committed."""
    albums = {album for album in (old.album_id, draft.album_id) if album}
    artists = [*old.artists.values_list("pk", flat=True)]
    genres = [*old.genres.values_list("pk", flat=True)]
    former, pks = (str(old.file.name), old.cover), (old.pk, draft.pk)
    for name in REPLACED:
        setattr(old, name, getattr(draft, name))
    old.cover = draft.cover or old.cover
    if old.state != Track.State.REVIEW:
        old.state, old.state_since = Track.State.PUBLISHED, timezone.now()
    forget_sound(old.pk)
    _move_links(old, draft)
    draft.delete()
    same_audio = Track.objects.filter(uploader=old.uploader_id, audio_sha256=old.audio_sha256)
    old.is_copy = same_audio.exclude(pk=old.pk).exists()
    old.save()
    discard_unused(albums, artists, genres)
    refresh_album_covers(albums)
    index_tracks(pks)
    tracks_named([old.pk])
    transaction.on_commit(partial(discard_files, *former))
    return old


def _move_links(old: Track, draft: Track) -> None:
    """Words that nobody sent anew stay."""
    through = Track.genres.through
    for links in (TrackCredit.objects, through.objects):
        links.filter(track=old).delete()
        links.filter(track=draft).update(track=old)
    TrackWaveform.objects.filter(track=draft).update(track=old)
    if Lyrics.objects.filter(track=draft).exists():
        Lyrics.objects.filter(track=old).delete()
        Lyrics.objects.filter(track=draft).update(track=old)
    Upload.objects.filter(twin=draft).update(twin=old)


def _discard_drafts(uploads: list[Upload]) -> None:
    discard(Track.objects.filter(pk__in=[upload.track_id for upload in uploads], state=Track.State.REVIEW))


def _settle(uploads: list[Upload], state: Upload.State, reason: str = "", **more: Any) -> None:
    _these(uploads).update(state=state, state_since=timezone.now(), reason=reason, twin=None, likeness="", **more)


def _these(uploads: list[Upload]) -> QuerySet[Upload]:
    return Upload.objects.filter(pk__in=[upload.pk for upload in uploads])
