"""A TCP proxy that cuts connections after so many bytes from the client."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.e2e.conftest import free_port


class Cuts:
    """One after the other, each once: how many bytes a connection may carry before it is cut."""

    def __init__(self, offsets: list[int]) -> None:
        self.left = list(offsets)
        self.done = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carried = 0
        while data := await reader.read(16_384):
            if self.left and carried + len(data) >= self.left[0]:
                data = data[: self.left.pop(0) - carried]
                self.done += 1
                writer.write(data)
                await writer.drain()
                if self.done % 2:
                    # Every other time not a goodbye but a reset, which takes along what was not read yet.
                    await asyncio.sleep(0.05)
                    writer.transport.abort()
                return
            carried += len(data)
            writer.write(data)
            await writer.drain()


@contextmanager
def cutting_proxy(target_port: int, cuts: Cuts) -> Iterator[int]:
    """The port to ask instead of the target's."""
    port, ready, wanted_end = free_port(), threading.Event(), threading.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target_port)
            ways = [
                asyncio.create_task(cuts.carry(reader, far_writer)),
                asyncio.create_task(answer(far_reader, writer)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
                with suppress(OSError, asyncio.CancelledError):
                    await way
            far_writer.close()
        writer.close()

    async def serve() -> None:
        await asyncio.start_server(accept, "127.0.0.1", port)
        ready.set()
        while not wanted_end.is_set():
            await asyncio.sleep(0.02)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(5)
    yield port
    wanted_end.set()
    thread.join(5)
