"""Whether the disk has room for what comes in."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import OperationalError
from django.utils.translation import gettext as _

FULL = (errno.ENOSPC, errno.EDQUOT)


class NoRoom(Exception):
    """Nothing more fits; the message says what to do, in words for the person who uploads."""


def check_disk(size_bytes: int) -> None:
    """Raises NoRoom when a file of that size would not fit into the media folder."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    if size_bytes > shutil.disk_usage(folder).free:
        raise NoRoom(disk_is_full())


@contextmanager
def full_disk_is_no_room() -> Iterator[None]:
    """Lets what fails for want of space, a file or the database, come out as NoRoom."""
    try:
        yield
    except (OSError, OperationalError) as error:
        if is_full_disk(error):
            raise NoRoom(disk_is_full()) from error
        raise


def is_full_disk(error: Exception) -> bool:
    """SQLite says "database or disk is full", PostgreSQL repeats the system's own words."""
    if isinstance(error, OSError):
        return error.errno in FULL
    return "disk is full" in str(error) or "No space left on device" in str(error)


def disk_is_full() -> str:
    return _("There is no room left on the server. Tell those who run it.")
