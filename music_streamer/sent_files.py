"""Audio goes from the disk to the network inside the kernel: waitress would copy it through Python."""

import errno
import os
from typing import Any, NamedTuple

from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.task import WSGITask
from waitress.wasyncore import _DISCONNECTED

from music.streaming import FileSlice

PART_BYTES = 1 << 20
REFUSED = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP}


class Part(NamedTuple):
    """Of a file that is open."""

    descriptor: int
    first: int
    length: int


class FileBuffer(ReadOnlyFileBasedBuffer):
    """Says which part of a track comes next, where waitress would read it. Other files are read."""

    file: Any
    remain: int

    def get(self, numbytes: int = -1, skip: bool = False) -> bytes | Part:
        if not isinstance(self.file, FileSlice):
            return bytes(super().get(numbytes, skip))
        return Part(self.file.fileno(), self.file.position, min(PART_BYTES, self.remain))


class Task(WSGITask):
    def get_environment(self) -> dict[str, Any]:
        return {**super().get_environment(), "wsgi.file_wrapper": FileBuffer}


def send_part(part: Part, descriptor: int) -> int | None:
    """How many bytes the network has taken, 0 when it is full, None when nothing more will go.

    That is so when the other end has gone, and when the file has become shorter than was promised: waitress would ask
    for the rest for ever.
    """
    try:
        return _sent(part, descriptor) or None
    except BlockingIOError:
        return 0
    except OSError as error:
        if error.errno not in _DISCONNECTED:
            raise
        return None


def _sent(part: Part, descriptor: int) -> int:
    """Not every file system lets the kernel do it: network and user-space mounts may refuse."""
    try:
        return os.sendfile(descriptor, part.descriptor, part.first, part.length)
    except OSError as error:
        if error.errno not in REFUSED:
            raise
        return os.write(descriptor, os.pread(part.descriptor, part.length, part.first))
