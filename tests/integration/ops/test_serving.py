"""The production server and many browsers that keep their connections."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from quizapp.ops.serving import allow_many_connections
from tests.bench.exam import cpu
from tests.bench.exam.client import Connection
from tests.bench.exam.server import HOST, serving
from tests.loops import apart

IDLE = 2200  # a server left to itself would hold 2,048


@pytest.mark.timeout(120)
@pytest.mark.skipif(not cpu.available(), reason="starting and stopping the server reads /proc, which only Linux has")
def test_browsers_that_only_keep_a_connection_lock_nobody_out(database_url: str, tmp_path: Path) -> None:
    allow_many_connections()
    with serving("product", ("granian", 2, 4), database_url, tmp_path) as (_process, port):
        assert apart(lambda: asyncio.run(answered_after(port, IDLE))) == 200


async def answered_after(port: int, idle: int) -> int:
    """The status of a request while so many connections are open already."""
    connections = [Connection(HOST, port) for _number in range(idle)]
    for some in range(0, idle, 100):
        await asyncio.gather(*(connection.open() for connection in connections[some : some + 100]))
    await asyncio.sleep(1)  # until the server has taken them all
    newcomer = Connection(HOST, port)
    async with asyncio.timeout(20):
        answer = await newcomer.request("GET", "/healthz", {})
    for connection in (*connections, newcomer):
        connection.close()
    await asyncio.sleep(0.1)
    return answer.status
