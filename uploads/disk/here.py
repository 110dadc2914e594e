"""What of a batch of files is in the catalogue already."""

from collections.abc import Hashable, Sequence
from typing import Any

from audio.facts import AudioFacts
from music.models import Track
from music.refusing import refused_sounds
from music.search.fold import fold
from uploads.disk.paths import encoded
from uploads.disk.walk import Found
from uploads.models import LibraryFile

Key = tuple[Hashable, ...]


class Here:
    """A file is here when its track came from this path, or has the same bytes, or the same sound and the same names.

    The same sound under other names is a track of its own: it stands on the album and on the best-of, as on the disk.
    """

    def __init__(self, user: Any, batch: Sequence[tuple[Found, AudioFacts]]) -> None:
        self.user = user
        self.tracks: dict[Key, Track | None] = {}
        self.sounds: set[str] = set()
        reach = (Track.objects.visible_to(user) | Track.objects.kept_by(user)).select_related("artist", "album")
        for track in reach.filter(sha256__in=[facts.sha256 for _file, facts in batch]):
            self.tracks["bytes", track.sha256] = track
        for track in reach.filter(audio_sha256__in=[facts.audio_sha256 for _file, facts in batch], is_copy=False):
            self.tracks[_names_of(track)] = track
            if track.uploader_id == user.pk:
                self.sounds.add(track.audio_sha256)
        self.refused = refused_sounds(user, [facts.audio_sha256 for _file, facts in batch])
        paths = [encoded(file.path) for file, _facts in batch]
        for row in LibraryFile.objects.filter(path__in=paths, track__isnull=False).select_related("track"):
            if row.track:
                self.tracks["path", row.path, row.track.audio_sha256] = row.track

    def has(self, file: Found, facts: AudioFacts) -> bool:
        return any(key in self.tracks for key in _keys(file, facts))

    def why_refused(self, file: Found, facts: AudioFacts) -> str:
        """ "" where it may come in, or is only looked at again where its track came from."""
        came_from_here = ("path", encoded(file.path), facts.audio_sha256) in self.tracks
        return "" if came_from_here else self.refused.get(facts.audio_sha256, "")

    def track(self, file: Found, facts: AudioFacts) -> Track | None:
        return next(filter(None, (self.tracks.get(key) for key in _keys(file, facts))), None)

    def is_copy(self, facts: AudioFacts) -> bool:
        return facts.audio_sha256 in self.sounds

    def expect(self, facts: AudioFacts) -> None:
        """It is about to be added: what follows and is the same comes second."""
        self.sounds.add(facts.audio_sha256)
        self.tracks["bytes", facts.sha256] = self.tracks[_names(facts)] = None

    def add(self, facts: AudioFacts, track: Track) -> None:
        self.tracks["bytes", facts.sha256] = self.tracks[_names(facts)] = track


def _keys(file: Found, facts: AudioFacts) -> list[Key]:
    return [("path", encoded(file.path), facts.audio_sha256), ("bytes", facts.sha256), _names(facts)]


def _names(facts: AudioFacts) -> Key:
    tags = facts.tags
    number = tags.disc_number, tags.track_number
    return facts.audio_sha256, fold(tags.title), fold(tags.artist), fold(tags.album), *number


def _names_of(track: Track) -> Key:
    album = track.album.title if track.album else ""
    number = track.disc_number, track.track_number
    return track.audio_sha256, fold(track.title), fold(track.credited), fold(album), *number
