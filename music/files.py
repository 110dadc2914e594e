"""Where the bytes lie: audio under names of our own, covers under names made of their content."""

import hashlib
import os
import shutil
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import models

from audio.facts import COVER_SIZES
from music.models import Album, Track

# Whose `cover` names a picture that is kept here; rooms above add theirs when they are ready.
HOLDERS_OF_COVERS: list[type[models.Model]] = [Track, Album]


def store_audio(path: Path, extension: str) -> str:
    """Copy the file into the media folder; answers its name there."""
    name = uuid.uuid4().hex
    with path.open("rb") as stream:
        return default_storage.save(f"tracks/{name[:2]}/{name}.{extension}", File(stream))


def adopt_audio(path: Path, extension: str) -> str:
    """Give a file of the media folder its place as a track's audio; answers its name there.

    The name is the file's own, so that a second attempt finds what a first one left behind. The file itself stays
    for the caller to remove when the track is safe: a hard link costs no space. Where there are none it is copied.
    """
    name = f"tracks/{path.name[:2]}/{path.name}.{extension}"
    target = Path(settings.MEDIA_ROOT) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    path.chmod(settings.FILE_UPLOAD_PERMISSIONS)
    try:
        target.hardlink_to(path)
    except FileExistsError:
        pass
    except OSError:
        _copy_once(path, target)
    return name


def _copy_once(path: Path, target: Path) -> None:
    """Complete or not at all."""
    unfinished = target.with_name(f"{uuid.uuid4().hex}.part")
    try:
        shutil.copy(path, unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def link_audio(path: Path, extension: str) -> str:
    """Leave the file where it is and put a link to it into the media folder; answers the link's name there."""
    name = uuid.uuid4().hex
    stored = f"tracks/{name[:2]}/{name}.{extension}"
    link = f"{settings.MEDIA_ROOT}/{stored}"
    target = path.absolute()
    try:
        os.symlink(target, link)  # noqa: PTH211 an import makes thousands of links, and pathlib would be half of it
    except FileNotFoundError:
        Path(link).parent.mkdir(parents=True, exist_ok=True)
        os.symlink(target, link)  # noqa: PTH211
    return stored


def relink_audio(stored: str, path: Path) -> None:
    """Let the link of that name in the media folder lead to `path`, from one moment to the next."""
    link = Path(settings.MEDIA_ROOT) / stored
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh = link.with_name(f"{uuid.uuid4().hex}.part")
    fresh.symlink_to(path.absolute())
    fresh.replace(link)


def store_cover(covers: dict[int, bytes]) -> str:
    """Write the picture in its sizes, named by its content; answers the name, "" when there is none."""
    if not covers:
        return ""
    name = cover_name(covers)
    try:
        for size, picture in covers.items():
            write_once(cover_path(name, size), picture)
    except OSError:
        discard_files("", name)
        raise
    return name


def covers_of_all() -> set[str]:
    """The names of all pictures that somebody has."""
    names = (holder._base_manager.order_by().values_list("cover", flat=True).distinct() for holder in HOLDERS_OF_COVERS)
    return {name for each in names for name in each.iterator(chunk_size=2000)} - {""}


def forget_cover(name: str) -> None:
    """Nobody has it any more."""
    for holder in HOLDERS_OF_COVERS:
        holder._base_manager.filter(cover=name).update(cover="")


def cover_name(covers: dict[int, bytes]) -> str:
    return hashlib.sha256(covers[max(covers)]).hexdigest()[:32]


def write_once(target: Path, data: bytes) -> None:
    """Complete or not at all: browsers keep what they see under this name for a year."""
    if target.exists():
        target.touch()  # or the sweep takes it for one that has been nobody's for a while
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{uuid.uuid4().hex}.part")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def cover_path(name: str, size: int) -> Path:
    return Path(settings.MEDIA_ROOT) / "covers" / name[:2] / f"{name}-{size}.webp"


def discard_files(audio: str, *covers: str | None) -> None:
    if audio:
        default_storage.delete(audio)
    for cover in filter(None, covers):
        if not any(holder._base_manager.filter(cover=cover).exists() for holder in HOLDERS_OF_COVERS):
            for size in COVER_SIZES:
                cover_path(cover, size).unlink(missing_ok=True)
