"""Whether the media folder holds what the database says, and nothing else."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from audio.facts import COVER_SIZES
from music.files import cover_path, covers_of_all, forget_cover
from music.models import Track

QUARANTINE = "quarantine"
JUST_STORED = timedelta(hours=1)


@dataclass(frozen=True)
class Difference:
    """`path` in the media folder; `trouble` in words; the track or the picture that it belongs to."""

    path: str
    trouble: str
    track_id: int | None = None
    picture: str = ""


def differences() -> Iterator[Difference | None]:
    """What differs; None for each track and picture that is well, so that progress can be shown."""
    root = Path(settings.MEDIA_ROOT)
    names: set[str] = set()
    for track in Track.objects.order_by("pk").only("file", "size_bytes", "state").iterator(chunk_size=2000):
        names.add(str(track.file))
        yield _of_track(root, track)
    covers = covers_of_all()
    yield from _of_covers(covers)
    yield from _strays(root, "tracks", names)
    yield from _strays(root, "covers", {_in_media(cover_path(name, size)) for name in covers for size in COVER_SIZES})


def how_many() -> int:
    """About how many differences() will answer."""
    return Track.objects.count() + len(covers_of_all())


def quarantine(difference: Difference) -> None:
    """Out of the way, where nothing is lost: files to the quarantine folder, tracks to the missing ones."""
    path = Path(settings.MEDIA_ROOT) / difference.path
    if difference.track_id:
        _move_away(path)
        looked_after = [Track.State.REVIEW, Track.State.TAKEN_DOWN]
        tracks = Track.objects.filter(pk=difference.track_id).exclude(state__in=looked_after)
        tracks.update(state=Track.State.MISSING, state_since=timezone.now())
    elif difference.picture:
        for size in COVER_SIZES:
            _move_away(cover_path(difference.picture, size))
        forget_cover(difference.picture)
    else:
        _move_away(path)


def _move_away(path: Path) -> None:
    if path.is_symlink() or path.exists():
        target = Path(settings.MEDIA_ROOT) / QUARANTINE / _in_media(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)


def _of_track(root: Path, track: Track) -> Difference | None:
    """A missing track without a file is as it should be; of what was left in place, `scan` follows the changes."""
    path = root / str(track.file)
    if track.state == Track.State.MISSING:
        return None
    try:
        size_bytes = path.stat().st_size
    except PermissionError:
        return None  # nobody can tell
    except OSError:
        return Difference(str(track.file), "its file is not there", track.pk)
    if size_bytes != track.size_bytes and not path.is_symlink():
        trouble = f"its file has {size_bytes} bytes, not {track.size_bytes}"
        return Difference(str(track.file), trouble, track.pk)
    return None


def _of_covers(covers: set[str]) -> Iterator[Difference | None]:
    for name in sorted(covers):
        paths = (cover_path(name, size) for size in COVER_SIZES)
        absent = next((path for path in paths if not path.exists()), None)
        yield Difference(_in_media(absent), "the picture is not there", picture=name) if absent else None


def _strays(root: Path, folder: str, wanted: set[str]) -> Iterator[Difference]:
    for path, _folders, files in os.walk(root / folder):
        for file in files:
            stray = Path(path) / file
            if (name := _in_media(stray)) not in wanted and _is_settled(stray):
                yield Difference(name, "no track has this file")


def _is_settled(path: Path) -> bool:
    """What is being brought in has its file before its track."""
    with suppress(FileNotFoundError):
        return time.time() - path.lstat().st_ctime >= JUST_STORED.total_seconds()
    return False


def _in_media(path: Path) -> str:
    return path.relative_to(settings.MEDIA_ROOT).as_posix()
