"""Looking through library folders again: added, changed, moved and missing files, told apart by their sound."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audio.facts import AudioFacts, Refused
from music.cataloguing import measured
from music.editing import edit_tracks
from music.files import relink_audio
from music.measuring import forget_sound
from music.models import Track
from music.refusing import why_refused
from music.search.fold import fold
from uploads.disk.bringing import BATCH, Bringing, bring_back, with_lyrics
from uploads.disk.changes import changes_from
from uploads.disk.inspecting import Inspectors
from uploads.disk.paths import decoded, encoded
from uploads.disk.walk import Complaint, Found, walk
from uploads.models import LibraryFile, LibraryFolder

AS_LONG_MS = 2000


class FolderGone(Exception):
    """The folder is not there or empty: perhaps a disk that is not mounted. Nothing is called missing for that."""


class Lost:
    """Files that were known and not seen where they were: moved, changed or gone."""

    def __init__(self, rows: Iterable[LibraryFile]) -> None:
        self.by_path = {row.path: row for row in rows}
        self.by_bytes = {_track(row).sha256: row for row in self.by_path.values()}
        self.by_sound: dict[str, list[LibraryFile]] = {}
        for row in self.by_path.values():
            self.by_sound.setdefault(_track(row).audio_sha256, []).append(row)

    def at(self, path: str) -> LibraryFile | None:
        return self.by_path.get(path)

    def gone_with(self, facts: AudioFacts) -> LibraryFile | None:
        """One whose file is not there any more, with these very bytes, or else with this sound."""
        if (row := self.by_bytes.get(facts.sha256)) and self._is_gone(row):
            return row
        alike = self.by_sound.get(facts.audio_sha256, [])
        while alike and not self._is_gone(alike[-1]):
            alike.pop()
        return alike[-1] if alike else None

    def _is_gone(self, row: LibraryFile) -> bool:
        return row.path in self.by_path and not _exists(row)

    def found(self, row: LibraryFile) -> None:
        del self.by_path[row.path]

    def rows(self) -> list[LibraryFile]:
        return list(self.by_path.values())


@dataclass
class Scan:
    """One look through a folder. `counts`: unchanged, added, changed, moved, missing, back, duplicate, refused.

    Of several folders run() each, then miss() each: a file may have moved from one to another.
    """

    folder: LibraryFolder
    complain: Complaint
    progress: Callable[[int], None]
    is_dry_run: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    seen: set[int] = field(default_factory=set)
    of_others: list[LibraryFile] = field(default_factory=list)
    lost: list[LibraryFile] = field(default_factory=list)

    def run(self, jobs: int) -> None:
        """Raises FolderGone. Files are compared by size and time first; only what differs is opened."""
        different = list(self._different())
        lost = self._lost()
        if lost.by_path and not self.seen and not different:
            raise FolderGone(decoded(self.folder.path))
        bringing = Bringing(self.folder, self.complain, self.progress, is_dry_run=self.is_dry_run)
        bringing.write(self._strangers(different, lost, jobs))
        self.counts += bringing.counts
        self.lost = lost.rows()

    def _different(self) -> Iterator[Found]:
        """Files that are new or do not look as they did; the others are only marked as seen."""
        root = decoded(self.folder.path)
        if not os.path.exists(root):  # noqa: PTH110 a path with surrogates stays a str
            raise FolderGone(root)
        files = (file for file in walk([root], self._refuse) if file.is_music)
        while batch := list(islice(files, BATCH)):
            known = self._rows([file.path for file in batch])
            for file in batch:
                row = known.get(encoded(file.path))
                if row and row.track_id is None:
                    self._unwanted(row)
                    continue
                if row and (row.size_bytes, row.mtime_ns) == (file.size_bytes, file.mtime_ns):
                    self._unchanged(row)
                    continue
                if row and row.folder_id != self.folder.pk:  # this folder lies around that one, or within it
                    self.of_others.append(row)
                yield file

    def _refuse(self, path: str, reason: str) -> None:
        self.counts["refused"] += 1
        self.complain(path, reason)

    def _rows(self, paths: list[str]) -> dict[str, LibraryFile]:
        rows = LibraryFile.objects.filter(path__in=[encoded(path) for path in paths]).select_related("track")
        return {row.path: row for row in rows}

    def _unwanted(self, row: LibraryFile) -> None:
        """Its track was deleted for good: that the file still lies there brings nothing back."""
        self.progress(1)
        self.seen.add(row.pk)
        self.counts["unchanged"] += 1

    def _unchanged(self, row: LibraryFile) -> None:
        self.progress(1)
        self.seen.add(row.pk)
        if _track(row).state != Track.State.MISSING and os.path.exists(_stored(_track(row))):  # noqa: PTH110 for each file
            self.counts["unchanged"] += 1
            return
        self.counts["back"] += 1
        if not self.is_dry_run:
            bring_back(_track(row), decoded(row.path))

    def _lost(self) -> Lost:
        rows = LibraryFile.objects.filter(folder=self.folder, track__isnull=False)
        rows = rows.select_related("track", "track__artist")
        own = (row for row in rows.iterator(chunk_size=2000) if row.pk not in self.seen)
        return Lost(chain(own, self.of_others))

    def _strangers(self, files: list[Found], lost: Lost, jobs: int) -> Iterator[tuple[Found, AudioFacts]]:
        """What is neither a file that changed where it lay nor one that moved here: those are seen to at once."""
        for file, verdict in Inspectors(jobs).verdicts(files):
            self.progress(1)
            if isinstance(verdict, Refused):
                self._refuse(file.path, str(verdict))
            elif (row := self._changed(file, verdict, lost)) and (why := self._why_refused(row, verdict)):
                self._refuse(file.path, _(why))
            elif row:
                self._update("changed", row, file, verdict, lost)
            elif row := lost.gone_with(verdict):
                self._update("moved", row, file, verdict, lost)
            else:
                yield file, verdict

    def _changed(self, file: Found, facts: AudioFacts, lost: Lost) -> LibraryFile | None:
        row = lost.at(encoded(file.path))
        if row is None:
            return None
        has_same_sound = _track(row).audio_sha256 == facts.audio_sha256
        may_change = not _is_ours(_track(row)) and _is_another_take(
            _track(row), facts, file.size_bytes > row.size_bytes
        )
        return row if has_same_sound or may_change else None

    def _why_refused(self, row: LibraryFile, facts: AudioFacts) -> str:
        """Where another sound lies now."""
        is_same = _track(row).audio_sha256 == facts.audio_sha256
        return "" if is_same else why_refused(self.folder.user, facts.audio_sha256)

    def _update(self, outcome: str, row: LibraryFile, file: Found, facts: AudioFacts, lost: Lost) -> None:
        """The same track, with its id and all that hangs on it; what the file says now is what is shown."""
        self.counts[outcome] += 1
        lost.found(row)
        if self.is_dry_run:
            return
        has_new_tags = row.sha256 != facts.sha256
        with transaction.atomic():
            row.path, row.sha256 = encoded(file.path), facts.sha256
            row.size_bytes, row.mtime_ns = file.size_bytes, file.mtime_ns
            row.save()
            if _track(row).audio_sha256 != facts.audio_sha256 and not _is_ours(_track(row)):
                forget_sound(_track(row).pk)
            Track.objects.filter(pk=_track(row).pk).update(**self._fields(_track(row), facts))
            if has_new_tags:
                edit_tracks([Track.objects.get(pk=_track(row).pk)], changes_from(with_lyrics(file, facts).tags))
        if not _is_ours(_track(row)):
            relink_audio(str(_track(row).file), Path(file.path))

    def _fields(self, track: Track, facts: AudioFacts) -> dict[str, Any]:
        is_back = track.state == Track.State.MISSING
        state = {"state": Track.State.PUBLISHED, "state_since": timezone.now()} if is_back else {}
        if _is_ours(track):
            return state  # our copy is what it was
        if track.audio_sha256 != facts.audio_sha256:
            return state | measured(facts)
        return state | {name: value for name, value in measured(facts).items() if value is not None}

    def miss(self) -> None:
        """Tracks whose file is gone, or holds another sound now. A copy plays on without the file it came from."""
        for row in self.lost:
            if _is_ours(_track(row)) or self._is_elsewhere(row) or _is_locked(row):
                continue
            self.counts["missing"] += 1
            self.complain(decoded(row.path), f"“{_track(row)}” is not there any more.")
            if not self.is_dry_run:
                Path(_track(row).file.path).unlink(missing_ok=True)
                here = Track.objects.filter(pk=_track(row).pk, state=Track.State.PUBLISHED)
                here.update(state=Track.State.MISSING, state_since=timezone.now())

    def _is_elsewhere(self, row: LibraryFile) -> bool:
        """Another file has the same track, in this folder or in another: that one is played from now on."""
        others = LibraryFile.objects.filter(track=row.track_id, folder__in_place=True).exclude(pk=row.pk)
        other = next(filter(_exists, others), None)
        if other and not self.is_dry_run:
            relink_audio(str(_track(row).file), Path(decoded(other.path)))
            LibraryFile.objects.filter(pk=row.pk, track=row.track_id).delete()
        return other is not None


def _track(row: LibraryFile) -> Track:
    """Rows whose track was deleted are not looked at any further."""
    return cast(Track, row.track)


def _stored(track: Track) -> str:
    return os.path.join(settings.MEDIA_ROOT, str(track.file))  # noqa: PTH118 a tenth of what track.file.path takes


def _is_ours(track: Track) -> bool:
    """Whether a copy is played. The folder cannot tell: it may have been brought in both ways, one after the other."""
    stored = Path(_stored(track))
    return not stored.is_symlink() and stored.exists()


def _exists(row: LibraryFile) -> bool:
    return os.path.exists(decoded(row.path))  # noqa: PTH110 a path with surrogates stays a str


def _is_locked(row: LibraryFile) -> bool:
    """Whether nobody can tell, because its folder may not be entered: that is complained of once, and it stays."""
    try:
        os.stat(decoded(row.path))  # noqa: PTH116
    except PermissionError:
        return True
    except OSError:
        pass
    return False


def _is_another_take(track: Track, facts: AudioFacts, has_grown: bool) -> bool:
    """Another file of the same track, a better encoding say: artist, title and length agree.

    One that has grown may be longer as well: it was still being written when it was looked at first.
    """
    names = fold(facts.tags.title) == fold(track.title) and fold(facts.tags.artist) == fold(track.credited)
    longer_ms = facts.duration_ms - track.duration_ms
    return names and (abs(longer_ms) <= AS_LONG_MS or (has_grown and longer_ms > 0))
