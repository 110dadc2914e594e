"""A picture or lyrics that came in beside music, by the rules for a folder on the server's disk (`uploads.disk.walk`).

Files arrive and are checked in any order: what is checked first waits for the others of its folder.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audio.facts import AudioFacts, Refused
from audio.sandbox import render_picture
from music.changes import KEEP, TrackChanges
from music.editing import edit_tracks
from music.files import discard_files, store_cover
from music.forms import MAX_PICTURE_BYTES
from music.models import Track
from uploads.disk.bringing import MAX_LYRICS_BYTES, lyrics_in
from uploads.disk.walk import best_cover, is_cover, is_lyrics, stem
from uploads.models import Sidecar, Upload

Kind = Upload.Kind
MAX_BYTES = {Kind.COVER: MAX_PICTURE_BYTES, Kind.LYRICS: MAX_LYRICS_BYTES}
NO_WORDS = gettext_noop("There are no words in this file.")
HAS_WORDS = gettext_noop("The track has lyrics already. You can change them on its page.")


def folder_key(name: str) -> str:
    """What a client calls a folder, as we remember it."""
    return hashlib.sha256(name.encode()).hexdigest() if name else ""


def kind_of(filename: str) -> Kind:
    if is_cover(filename):
        return Kind.COVER
    return Kind.LYRICS if is_lyrics(filename) else Kind.MUSIC


def without_track(filenames: Iterable[str]) -> set[str]:
    """The covers and lyrics of one folder that belong to nothing in it; of several covers the best belongs."""
    by_kind: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for name in filenames:
        by_kind[kind_of(name)].append(name)
    stems = {stem(name) for name in by_kind[Kind.MUSIC]}
    cover = best_cover({stem(name): name for name in by_kind[Kind.COVER]}) if stems else ""
    return {name for name in by_kind[Kind.LYRICS] if stem(name) not in stems} | {*by_kind[Kind.COVER]} - {cover}


def too_large(upload: Upload) -> str:
    """Why it is, "" when it is not."""
    most = MAX_BYTES.get(Kind(upload.kind))
    if most is None or upload.size_bytes <= most:
        return ""
    if upload.kind == Kind.COVER:
        return _("This picture is larger than 20 MB. Save it smaller, as JPEG for example.")
    return _("Lyrics in a file that is larger than %s are not taken in.") % filesizeformat(most)


def read(upload: Upload) -> TrackChanges | Refused:
    """What it has to say about the tracks beside it."""
    if upload.kind == Kind.COVER:
        picture = render_picture(upload.path)
        return picture if isinstance(picture, Refused) else TrackChanges(cover=picture)
    lyrics = lyrics_in(upload.path)
    return TrackChanges(lyrics=lyrics) if lyrics else Refused(NO_WORDS)


def keep(upload: Upload, changes: TrackChanges) -> str:
    """Give it to the tracks that are here without one, and keep it for those that follow; answers why it is not kept.

    What somebody chose in the review meanwhile stays.
    """
    beside = list(_tracks_beside(upload))
    bare = [track for track in beside if not (track.cover if upload.kind == Kind.COVER else hasattr(track, "lyrics"))]
    if upload.kind == Kind.LYRICS and beside and not bare:
        return HAS_WORDS
    lyrics = "" if changes.lyrics is KEEP else changes.lyrics
    cover = "" if changes.cover is KEEP else store_cover(changes.cover)
    Sidecar.objects.create(upload=upload, cover=cover, lyrics=lyrics)
    upload.size_bytes = len(lyrics.encode()) + _bytes_of(changes)
    if bare:
        edit_tracks(bare, changes)
    return ""


def _bytes_of(changes: TrackChanges) -> int:
    return 0 if changes.cover is KEEP else sum(map(len, changes.cover.values()))


def _tracks_beside(upload: Upload) -> QuerySet[Track]:
    """The sender's own tracks of the same folder, drafts or published; for lyrics those of the same name."""
    fellows = Upload.objects.filter(user=upload.user_id, folder=upload.folder, track__isnull=False)
    pks = [
        pk
        for name, pk in fellows.values_list("filename", "track")
        if upload.kind == Kind.COVER or stem(name) == stem(upload.filename)
    ]
    tracks = Track.objects.filter(
        pk__in=pks, uploader=upload.user_id, state__in=[Track.State.REVIEW, Track.State.PUBLISHED]
    )
    return tracks.select_related("lyrics").select_for_update(of=("self",))


def cover_for(upload: Upload) -> str:
    """The picture that is kept for the tracks of its folder, "" where there is none."""
    covers = _kept(upload, Kind.COVER).values_list("upload__filename", "cover")
    return best_cover({stem(name): cover for name, cover in covers})


def with_lyrics(upload: Upload, facts: AudioFacts) -> AudioFacts:
    """With the words that are kept for a file of its name."""
    names = _kept(upload, Kind.LYRICS).values_list("upload__filename", "pk")
    same = [pk for name, pk in names if stem(name) == stem(upload.filename)]
    if not same:
        return facts
    return replace(facts, tags=replace(facts.tags, lyrics=Sidecar.objects.get(pk=same[-1]).lyrics))


def _kept(upload: Upload, kind: Kind) -> QuerySet[Sidecar]:
    """The latest last."""
    if not upload.folder:
        return Sidecar.objects.none()
    kept = Sidecar.objects.filter(
        upload__user=upload.user_id, upload__folder=upload.folder, upload__kind=kind, upload__state=Upload.State.KEPT
    )
    return kept.order_by("upload__state_since")


def forget_kept(upload_ids: Iterable[UUID]) -> None:
    """With their pictures, where no track has them."""
    kept = Upload.objects.filter(pk__in=upload_ids)
    covers = list(kept.values_list("sidecar__cover", flat=True))
    kept.delete()
    transaction.on_commit(partial(discard_files, "", *covers))
