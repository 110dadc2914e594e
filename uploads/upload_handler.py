from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler

from uploads.room import is_full_disk


class CappedFileUploadHandler(TemporaryFileUploadHandler):
    """Writes uploads to disk and drops one as soon as it passes the cap, so that nobody can fill the disk in one go.

    Names of dropped files are left for the form to report: in `request.oversize_uploads`, where the disk was full
    already in `request.unstored_uploads`, and those that are too many in `request.surplus_uploads`.
    """

    request: Any
    received_files = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received_bytes = 0
        self.received_files += 1
        # Not before the file is there: the parser closes a handler's file when one is skipped, which deletes it.
        if self.received_files > settings.UPLOAD_MAX_FILES:
            self.drop("surplus_uploads")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received_bytes += len(raw_data)
        if self.received_bytes > settings.UPLOAD_MAX_BYTES:
            self.drop("oversize_uploads")
        try:
            super().receive_data_chunk(raw_data, start)
            self.file.flush()
        except OSError as error:
            if not is_full_disk(error):
                raise
            self.drop("unstored_uploads")

    def drop(self, why: str) -> None:
        with suppress(OSError):
            self.file.close()
        setattr(self.request, why, [*getattr(self.request, why, []), self.file_name])
        raise SkipFile
