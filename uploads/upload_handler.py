from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler


class CappedFileUploadHandler(TemporaryFileUploadHandler):
    """Writes uploads to disk and drops one as soon as it passes the cap, so that nobody can fill the disk in one go.

    Names of dropped files are left in `request.oversize_uploads`, for the form to report.
    """

    request: Any

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received_bytes = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received_bytes += len(raw_data)
        if self.received_bytes > settings.UPLOAD_MAX_BYTES:
            self.drop()
        super().receive_data_chunk(raw_data, start)

    def drop(self) -> None:
        self.file.close()
        dropped = getattr(self.request, "oversize_uploads", [])
        self.request.oversize_uploads = [*dropped, self.file_name]
        raise SkipFile
