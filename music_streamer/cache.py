from contextlib import suppress
from typing import Any

from django.core.cache.backends.filebased import FileBasedCache


class FileCache(FileBasedCache):
    """What does not fit on the disk is not remembered: a page is slower then, and not broken."""

    def set(self, *args: Any, **kwargs: Any) -> None:
        with suppress(OSError):
            super().set(*args, **kwargs)
