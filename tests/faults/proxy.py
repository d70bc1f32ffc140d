"""A line that can fail: stands between two ends on this machine and does to what passes what networks do."""

from __future__ import annotations

import asyncio
from enum import StrEnum


class Mode(StrEnum):
    """`drop`: requests arrive, responses vanish. `hold`: nothing moves, nothing is refused. `refuse`: as if
    nobody were there."""

    PASS = "pass"
    DROP = "drop"
    HOLD = "hold"
    REFUSE = "refuse"


class Proxy:
    """Listens on a port of its own and forwards to `target`."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.mode = Mode.PASS
        self.dropped = 0
        self._server: asyncio.Server | None = None
        self._moving = asyncio.Event()
        self._moving.set()
        self._lines: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def set(self, mode: Mode) -> None:
        """What happens from now on, to lines that are open as well."""
        self.mode = mode
        if mode is Mode.HOLD:
            self._moving.clear()
        else:
            self._moving.set()
        if mode is Mode.REFUSE:
            self.cut()

    def cut(self) -> None:
        """End every line that is open, at once."""
        for line in self._lines:
            line.cancel()

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        await asyncio.sleep(0.05)  # who was let in just now comes by
        self.cut()
        await asyncio.gather(*self._lines, return_exceptions=True)
        await asyncio.sleep(0.05)  # an end that was cut off closes in the next round

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.create_task(self._line(reader, writer))
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)
        # not within the line: one that is cut before its first step never comes to its end
        line.add_done_callback(lambda _line: writer.transport.abort())

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far = None
        try:
            if self.mode is Mode.REFUSE:
                return
            await self._moving.wait()
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.target)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._forward(reader, far))
                both.create_task(self._back(far_reader, writer))
        except (OSError, ExceptionGroup):
            pass  # an end is gone: so is the line
        finally:
            if far is not None:
                far.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._moving.wait()
            writer.write(data)
            await writer.drain()
        await self._moving.wait()
        if writer.can_write_eof():
            writer.write_eof()

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._moving.wait()
            if self.mode is Mode.DROP:
                self.dropped += 1
                raise ConnectionResetError
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError  # the server is done; so is the line
