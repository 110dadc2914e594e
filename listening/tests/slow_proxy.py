"""A TCP proxy that holds every byte back for some seconds."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.mongo_server import free_port


@contextmanager
def slow_proxy(target_port: int, delay_seconds: float) -> Iterator[int]:
    """The port to ask instead of the target's: with directConnection, or the client asks where the server says to."""
    port, ready, wanted_end = free_port(), threading.Event(), threading.Event()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await asyncio.sleep(delay_seconds)
                writer.write(data)
                await writer.drain()
        writer.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target_port)
            await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))

    async def serve() -> None:
        await asyncio.start_server(accept, "127.0.0.1", port)
        ready.set()
        while not wanted_end.is_set():
            await asyncio.sleep(0.02)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    ready.wait(5)
    yield port
    wanted_end.set()
    thread.join(5)
