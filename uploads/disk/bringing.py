"""From files on the server's disk to published tracks, in batches; what is known already is not looked at again."""

import errno
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audio.facts import AudioFacts, Refused
from audio.lyrics import clean_lyrics, decode_lyrics
from audio.sandbox import render_picture
from music.cataloguing import NewTrack, add_tracks
from music.files import discard_files, link_audio, relink_audio, store_audio, store_cover
from music.inserting import insert_rows
from music.models import Track
from uploads.disk.here import Here
from uploads.disk.inspecting import Inspectors, Verdict
from uploads.disk.paths import encoded, shown
from uploads.disk.walk import Complaint, Found
from uploads.models import LibraryFile, LibraryFolder

BATCH = 500
SECONDS_AT_MOST = 5.0
MAX_LYRICS_BYTES = 256 * 1024
ONLY_THREE_FORMATS = "Only MP3, OGG and WAV files can be added. Convert this one first."


class NoRoomLeft(Exception):
    """The disk is full; `str()` says what to do."""


@dataclass(frozen=True)
class Copy:
    file: Found
    facts: AudioFacts
    is_copy: bool


@dataclass
class Bringing:
    """One run over a folder. `counts` by outcome: added, known, duplicate, refused."""

    folder: LibraryFolder
    complain: Complaint
    progress: Callable[[int], None]
    is_dry_run: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    covers: dict[str, str] = field(default_factory=dict)
    unused_covers: set[str] = field(default_factory=set)
    folder_covers: dict[str, str] = field(default_factory=dict)

    def run(self, files: Iterable[Found], jobs: int) -> None:
        """Inspect and write them. Raises NoRoomLeft."""
        self.write(self._good(Inspectors(jobs).verdicts(self._unknown(files))))

    def write(self, good: Iterable[tuple[Found, AudioFacts]]) -> None:
        """Rows in batches, and every few seconds: what an interruption loses is a few seconds' work."""
        batch: list[tuple[Found, AudioFacts]] = []
        written_at = time.monotonic()
        for pair in good:
            batch.append(pair)
            if len(batch) >= BATCH or time.monotonic() - written_at > SECONDS_AT_MOST:
                self._take(batch)
                batch, written_at = [], time.monotonic()
        self._take(batch)
        discard_files("", *self.unused_covers)

    def _good(self, verdicts: Iterable[Verdict]) -> Iterator[tuple[Found, AudioFacts]]:
        for file, verdict in verdicts:
            self.progress(1)
            if isinstance(verdict, Refused):
                self._refuse(file, str(verdict))
            else:
                yield file, verdict

    def _unknown(self, files: Iterable[Found]) -> Iterator[Found]:
        """Without the files that look as they did when they were brought in."""
        remaining = iter(files)
        while batch := list(islice(remaining, BATCH)):
            passed_by = _passed_by(batch)
            for file in batch:
                if not file.is_music:
                    self._refuse(file, ONLY_THREE_FORMATS)
                elif encoded(file.path) in passed_by:
                    self.counts["known"] += 1
                else:
                    yield file
                    continue
                self.progress(1)

    def _refuse(self, file: Found, reason: str) -> None:
        self.counts["refused"] += 1
        self.complain(file.path, reason)

    def _take(self, batch: Sequence[tuple[Found, AudioFacts]]) -> None:
        """What is here already is only remembered beside its track; the rest becomes tracks."""
        here = Here(self.folder.user, batch)
        new: list[Copy] = []
        again: list[tuple[Found, AudioFacts]] = []
        for file, facts in batch:
            if why := here.why_refused(file, facts):
                self._refuse(file, _(why))
            elif here.has(file, facts):
                again.append((file, facts))
            else:
                new.append(Copy(file, facts, is_copy=here.is_copy(facts)))
                here.expect(facts)
        self.counts["added"] += len(new)
        self.counts["duplicate"] += len(again)
        if self.is_dry_run:
            return
        self._keep_covers(facts for _file, facts in batch)
        for copy, added in self._add(new):
            here.add(copy.facts, added)
        known = [(file, facts, track) for file, facts in again if (track := here.track(file, facts))]
        for file, _facts, track in known:
            if track.state == Track.State.MISSING or not os.path.exists(track.file.path):  # noqa: PTH110 False where it may not be looked for
                bring_back(track, file.path)
        self._remember(known)

    def _add(self, batch: Sequence[Copy]) -> list[tuple[Copy, Track]]:
        """Together; one by one where together they fail, so that one bad file does not keep its neighbours out."""
        try:
            return self._add_together(batch)
        except DatabaseError:
            if len(batch) == 1:
                self.counts["added"] -= 1
                self._refuse(batch[0].file, _("It could not be stored just now. Run the import again."))
                return []
            return [pair for each in batch for pair in self._add([each])]

    def _add_together(self, batch: Sequence[Copy]) -> list[tuple[Copy, Track]]:
        new: list[NewTrack] = []
        try:
            new.extend(map(self._stored, batch))
            with transaction.atomic():
                pairs = list(zip(batch, add_tracks(new), strict=True))
                self._remember([(copy.file, copy.facts, track) for copy, track in pairs])
        except BaseException as error:
            for each in new:
                discard_files(each.file)
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise NoRoomLeft(_("There is no room left in the media folder. Make some and run it again.")) from error
            raise
        return pairs

    def _stored(self, copy: Copy) -> NewTrack:
        store = link_audio if self.folder.in_place else store_audio
        cover = self._cover(copy.file, copy.facts)
        return NewTrack(
            facts=with_lyrics(copy.file, copy.facts),
            uploader=self.folder.user,
            file=store(Path(copy.file.path), copy.facts.format),
            original_filename=shown(copy.file.filename),
            cover=cover,
            visibility=self.folder.visibility,
            is_copy=copy.is_copy,
        )

    def _keep_covers(self, batch: Iterable[AudioFacts]) -> None:
        """An inspector renders each picture once, perhaps for a file that is not added: the next one needs it too."""
        for facts in batch:
            if facts.covers and facts.cover_id not in self.covers:
                self.covers[facts.cover_id] = store_cover(facts.covers)
                self.unused_covers.add(self.covers[facts.cover_id])

    def _cover(self, file: Found, facts: AudioFacts) -> str:
        """The picture inside the file, else the one that lies in its folder."""
        if facts.cover_id:
            name = self.covers.get(facts.cover_id, "")
            self.unused_covers.discard(name)
            return name
        beside = file.beside.cover
        if beside and beside not in self.folder_covers:
            picture = render_picture(Path(beside))
            if isinstance(picture, Refused):
                self.complain(beside, str(picture))
            self.folder_covers[beside] = "" if isinstance(picture, Refused) else store_cover(picture)
        return self.folder_covers.get(beside, "")

    def _remember(self, known: Sequence[tuple[Found, AudioFacts, Track]]) -> None:
        insert_rows(
            LibraryFile,
            ("folder_id", "track_id", "path", "size_bytes", "mtime_ns", "sha256"),
            (
                (self.folder.pk, track.pk, encoded(file.path), file.size_bytes, file.mtime_ns, facts.sha256)
                for file, facts, track in known
            ),
            renew_by="path",
        )


def with_lyrics(file: Found, facts: AudioFacts) -> AudioFacts:
    """With the words of the .lrc file that lies beside it, when there is one that can be read."""
    if not file.lyrics_path:
        return facts
    try:
        lyrics = lyrics_in(Path(file.lyrics_path))
    except OSError:
        return facts
    return replace(facts, tags=replace(facts.tags, lyrics=lyrics)) if lyrics else facts


def lyrics_in(path: Path) -> str:
    """The words of an .lrc file, "" where there are none. Raises OSError."""
    with path.open("rb") as stream:
        return clean_lyrics(decode_lyrics(stream.read(MAX_LYRICS_BYTES)))


def _passed_by(batch: Sequence[Found]) -> set[str]:
    """Encoded paths of files that look as they did when they were brought in, or whose track was deleted since."""
    looks = {encoded(file.path): (file.size_bytes, file.mtime_ns) for file in batch}
    rows = LibraryFile.objects.filter(path__in=looks).exclude(track__state=Track.State.MISSING)
    known = rows.values_list("path", "track", "size_bytes", "mtime_ns")
    return {path for path, track, *look in known if track is None or tuple(look) == looks[path]}


def bring_back(track: Track, path: str) -> None:
    """The file of a missing track is there again, perhaps elsewhere."""
    relink_audio(str(track.file), Path(path))
    missing = Track.objects.filter(pk=track.pk, state=Track.State.MISSING)
    missing.update(state=Track.State.PUBLISHED, state_since=timezone.now())


def folder_for(path: str, user: Any, *, visibility: str, in_place: bool) -> LibraryFolder:
    """The folder as `scan` will find it again; a second import of it may change how it is looked after."""
    whole = os.path.abspath(path)  # noqa: PTH100 a path with surrogates stays a str
    defaults = {"user": user, "visibility": visibility, "in_place": in_place}
    return LibraryFolder.objects.update_or_create(path=encoded(whole), defaults=defaults)[0]
