"""A small HTTP client: one request, one connection, and an answer only where all of it arrived."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Unanswered(Exception):
    """No whole answer came: whether the server did what was asked, nobody knows."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> dict[str, Any]:
        """The object that the body holds. Raises Unanswered for anything else: something in between spoke."""
        try:
            found = json.loads(self.body)
        except ValueError:
            raise Unanswered(f"{self.status} without JSON") from None
        if not isinstance(found, dict):
            raise Unanswered(f"{self.status} without an object")
        return found


async def ask(
    port: int, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b"", patience: float = 1.2
) -> Answer:
    """Ask the server behind a port of this machine. Raises Unanswered."""
    try:
        async with asyncio.timeout(patience):
            return await _ask(port, method, path, headers, body)
    except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as problem:
        raise Unanswered(f"{method} {path}: {type(problem).__name__}") from None


async def _ask(port: int, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close",
                 f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        return await _read(reader)
    finally:
        writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split()[1])
    headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in head[1:] if line)}
    if "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    elif headers.get("transfer-encoding") == "chunked":
        body = await _chunks(reader)
    else:
        body = b""
    return Answer(status, headers, body)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    found = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        found += await reader.readexactly(size)
        await reader.readexactly(2)
    return found
