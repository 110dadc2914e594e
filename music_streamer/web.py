"""`python -m music_streamer.web`: waitress on HOST:PORT until SIGTERM.

One loop reads requests and sends files for everybody, and a thread is busy only while Django thinks. Under gunicorn's
threads each slow upload and each paused player held one, and sixty of them stopped the service.
"""

import os
import signal
import sys
from importlib import import_module
from typing import Any

from django.conf import settings
from waitress.server import TcpWSGIServer, create_server

from music_streamer.cut_requests import KeepingChannel
from music_streamer.memory import keep_freed_memory
from music_streamer.sent_files import Part, Task, send_part
from music_streamer.wsgi import application

# Read when numpy is loaded, which is not before main(): its own threads would only get in each other's way here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

THREADS = 16
CONNECTIONS = 1000
BLOCK_BYTES = 256 * 1024


class Channel(KeepingChannel):
    """Sends files by the block: waitress would read up to 4 MB anew each time the network has taken a little of it."""

    task_class = Task
    socket: Any

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.sendbuf_len = BLOCK_BYTES

    def send(self, data: bytes | Part, do_close: bool = True) -> int:
        if not isinstance(data, Part):
            return int(super().send(data, do_close))
        sent = send_part(data, self.socket.fileno())
        if sent is None and do_close:
            self.handle_close()
        return sent or 0


def options() -> dict[str, Any]:
    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    return {
        "listen": f"{host}:{settings.PORT}",
        "threads": THREADS,
        "connection_limit": CONNECTIONS,
        "max_request_body_size": settings.UPLOAD_MAX_REQUEST_BYTES,
        "channel_timeout": 300,
        "ident": "",
        "asyncore_use_poll": True,
        "clear_untrusted_proxy_headers": not settings.TRUSTED_PROXY_COUNT,
    }


def main() -> None:
    keep_freed_memory()
    connections: dict[int, Any] = {}
    TcpWSGIServer.channel_class = Channel
    server = create_server(application, map=connections, **options())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    import_module("music_streamer.ready").get_ready()  # needs Django to be set up
    server.run()
    keep_what_came([channel for channel in connections.values() if isinstance(channel, KeepingChannel)])


def keep_what_came(channels: list[KeepingChannel]) -> None:
    """Of uploads that a stop has cut; the server's threads have ended by now."""
    for channel in channels:
        channel.handle_close()
        if channel.requests:
            channel.service()


if __name__ == "__main__":
    main()
