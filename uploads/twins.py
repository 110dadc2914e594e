"""What a file that comes in seems to be a copy of, among the tracks that its sender may know about."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_noop

from audio.facts import AudioFacts
from music.models import Track
from music.querysets import TrackQuerySet
from music.search.fold import fold
from uploads.models import Upload

AS_LONG_MS = 2000
CANDIDATES = 50


@dataclass(frozen=True)
class Twin:
    track: Track
    likeness: str


def in_reach(user: Any) -> TrackQuerySet:
    """What the user may hear or has brought in, in whatever state: a stranger's private copy is not betrayed."""
    return Track.objects.visible_to(user) | Track.objects.kept_by(user)


def same_file(user: Any, facts: AudioFacts) -> Track | None:
    """The track made of the very same bytes. One whose file is missing does not count: it can use these."""
    twins = in_reach(user).filter(audio_sha256=facts.audio_sha256, sha256=facts.sha256)
    return twins.exclude(state=Track.State.MISSING).order_by("pk").first()


def twin_of(draft: Track) -> Twin | None:
    """The same audio under other tags, or else the same artist and title at about the same length."""
    others = in_reach(draft.uploader).exclude(pk=draft.pk).select_related("artist").order_by("pk")
    if track := others.filter(audio_sha256=draft.audio_sha256).first():
        return Twin(track, Upload.Likeness.AUDIO)
    near = others.filter(
        Q(artist=draft.artist) | Q(sort_artist=draft.sort_artist),
        sort_title=draft.sort_title,
        duration_ms__range=(draft.duration_ms - AS_LONG_MS, draft.duration_ms + AS_LONG_MS),
    )
    return next(
        (Twin(track, Upload.Likeness.SIMILAR) for track in near[:CANDIDATES] if _is_named_like(track, draft)), None
    )


def _is_named_like(track: Track, draft: Track) -> bool:
    """Sort keys leave out articles, follow sort names and end early: what they put together is looked at once more."""
    return _folded(track.title) == _folded(draft.title) and _folded(track.artist.name) == _folded(draft.artist.name)


def _folded(name: str) -> str:
    return fold(name) or name


def audio_in_reach(user: Any, hashes: Iterable[str]) -> dict[str, Track]:
    """Published tracks by the hash of their audio."""
    twins = Track.objects.visible_to(user).filter(audio_sha256__in=set(hashes))
    return {track.audio_sha256: track for track in twins.order_by("-pk")}


def already_here(twin: Track) -> str:
    """For the sender of the same file, by where its track is."""
    if twin.state == Track.State.TRASHED:
        return gettext_noop("This file is in your trash. Restore it from there.")
    if twin.state == Track.State.REVIEW:
        return gettext_noop("You have brought this file already: it waits for your review.")
    return gettext_noop("This file is already in the library.")
