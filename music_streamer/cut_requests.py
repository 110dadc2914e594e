"""waitress hands a request to the application once it is complete. A chunk of an upload is worth keeping as it is."""

from contextlib import suppress
from io import BytesIO
from typing import Any

from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.receiver import FixedStreamReceiver
from waitress.task import WSGITask
from waitress.utilities import Error

from uploads.room import disk_is_full, is_full_disk
from uploads.tus import CHUNK_TYPE


class InsufficientStorage(Error):
    code = 507
    reason = "Insufficient Storage"


class Nowhere:
    """A buffer that forgets."""

    def append(self, data: bytes) -> None:
        pass

    def __len__(self) -> int:
        return 0

    def getfile(self) -> BytesIO:
        return BytesIO()

    def close(self) -> None:
        pass


class Parser(HTTPRequestParser):
    """Answers a request that the disk has no room to receive, where waitress would hang up.

    The rest is read all the same: most clients listen only when they have said everything.
    """

    error: Any
    body_rcv: Any
    is_full = False

    def received(self, data: bytes) -> int:
        try:
            consumed = int(super().received(data))
        except OSError as error:
            if not is_full_disk(error) or not isinstance(self.body_rcv, FixedStreamReceiver):
                raise
            self.is_full = True
            with suppress(OSError):
                self.body_rcv.buf.close()
            self.body_rcv.buf = Nowhere()
            consumed = int(super().received(data))
        if self.is_full and self.completed:
            self.error = InsufficientStorage(disk_is_full())
        return consumed


class KeepingChannel(HTTPChannel):
    """When the client goes away in the middle of a chunk, what came of it is a shorter chunk.

    Without that a large file over a bad line would begin anew after every cut. A chunk with a checksum is dropped:
    it can only be right as a whole.
    """

    parser_class = Parser
    request: Any

    def handle_close(self) -> None:
        request, self.request = self.request, None
        if request and _is_a_chunk(request) and _can_be_shorter(request):
            request.headers["CONTENT_LENGTH"] = str(len(request.body_rcv))
            request.completed = True
            with self.requests_lock:
                self.requests.append(request)
                if len(self.requests) == 1:
                    self.server.add_task(self)
        super().handle_close()

    def service(self) -> None:
        """A chunk that is here is written even if nobody waits for the answer any more."""
        if self.requests and not self.connected and _is_a_chunk(self.requests[0]):
            with suppress(ClientDisconnected):
                WSGITask(self, self.requests[0]).service()
        super().service()


def _is_a_chunk(request: Any) -> bool:
    if not request.headers_finished or request.error:
        return False
    return request.command == "PATCH" and request.headers.get("CONTENT_TYPE") == CHUNK_TYPE


def _can_be_shorter(request: Any) -> bool:
    is_counted = isinstance(request.body_rcv, FixedStreamReceiver) and len(request.body_rcv) > 0
    return is_counted and "UPLOAD_CHECKSUM" not in request.headers
