"""One keep-alive HTTP/1.1 connection, as light as Python allows: the generator shares the machine with what it
measures."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass


class BrokenAnswer(Exception):
    """The connection ended before the answer was complete, or the answer is not HTTP as this client knows it."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    head: str
    body: bytes

    def header(self, name: str) -> str:
        """The first header of that name (lower case), or empty."""
        return next(iter(self.headers(name)), "")

    def headers(self, name: str) -> list[str]:
        pairs = (line.partition(":") for line in self.head.split("\r\n")[1:])
        return [value.strip() for key, _colon, value in pairs if key.lower() == name]

    @property
    def text(self) -> str:
        return self.body.decode()


class Connection(asyncio.Protocol):
    """Requests go one after another. A connection that the server closed meanwhile is opened again."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._received = bytearray()
        self._body_at = self._ends_at = 0

    async def request(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Raises BrokenAnswer, or OSError where nobody listens."""
        if self._transport is None or self._transport.is_closing():
            await self.open()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        self._waiting = asyncio.get_running_loop().create_future()
        assert self._transport is not None
        self._transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        return await self._waiting

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _protocol = await loop.create_connection(lambda: self, self.host, self.port)

    def close(self) -> None:
        """Break off at once; the next request opens a new connection."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._ends_at and not self._read_head():
            return
        if len(self._received) >= self._ends_at:
            self._hand_over()

    def connection_lost(self, error: Exception | None) -> None:
        self._received.clear()
        self._body_at = self._ends_at = 0
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(BrokenAnswer(f"connection closed: {error}"))

    def _read_head(self) -> bool:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self._received[:end].lower()
        at = head.find(b"\r\ncontent-length:")
        if at < 0 and b"\r\ntransfer-encoding:" in head:
            self._fail("an answer in chunks")
            return False
        size = int(head[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        self._body_at, self._ends_at = end + 4, end + 4 + size
        return True

    def _hand_over(self) -> None:
        head = self._received[: self._body_at - 4].decode("latin-1")
        body = bytes(self._received[self._body_at : self._ends_at])
        del self._received[: self._ends_at]
        self._body_at = self._ends_at = 0
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(Answer(int(head.split(" ", 2)[1]), head, body))

    def _fail(self, reason: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(BrokenAnswer(reason))
        self.close()
