"""The production server and many browsers that keep their connections."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from quizapp.ops.serving import allow_many_connections
from tests.bench.exam import cpu
from tests.bench.exam.client import Connection
from tests.bench.exam.databases import free_port
from tests.bench.exam.server import (
    HOST,
    ROOT,
    environment,
    product_command,
    serving,
    stop,
    until_it_answers,
    until_it_rests,
)
from tests.databases import both_databases
from tests.loops import apart

LOADED = """
import os, threading
from quizapp.ops import serving
before = set(os.listdir("/proc/self/fd"))
app = serving.application()
opened = set(os.listdir("/proc/self/fd")) - before
print([os.readlink(f"/proc/self/fd/{number}") for number in opened if os.path.exists(f"/proc/self/fd/{number}")],
      threading.active_count(), len(os.listdir("/proc/self/task")), serving.application() is app)
"""
IDLE = 2200  # a server left to itself would hold 2,048


@pytest.mark.timeout(120)
@pytest.mark.skipif(not cpu.available(), reason="starting and stopping the server reads /proc, which only Linux has")
def test_browsers_that_only_keep_a_connection_lock_nobody_out(database_url: str, tmp_path: Path) -> None:
    allow_many_connections()
    with serving("product", ("granian", 2, 4), database_url, tmp_path) as (_process, port):
        assert apart(lambda: asyncio.run(answered_after(port, IDLE))) == 200


@pytest.mark.timeout(60)
@pytest.mark.skipif(not cpu.available(), reason="starting and stopping the server reads /proc, which only Linux has")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=lambda sign: sign.name)
def test_ctrl_c_in_a_terminal_ends_all_processes(database_url: str, tmp_path: Path, sign: signal.Signals) -> None:
    """It goes to every process of the terminal's group at once; so does what a service manager may send."""
    port, log = free_port(), tmp_path / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", *product_command("granian", port, 2, 4)], cwd=ROOT, start_new_session=True,
                                   env=environment(database_url, tmp_path), stdout=output, stderr=output)
    try:
        until_it_answers(process, port, log)
        until_it_rests(process.pid)
        family = cpu.tree(process.pid)
        assert len(family) == 5, "the first process, two servers, the worker for jobs and its keeper"
        os.killpg(process.pid, sign)
        assert process.wait(15) == 0
        assert [pid for pid in family if cpu.is_alive(pid)] == []
        assert "Traceback" not in log.read_text()
    finally:
        stop(process)


@both_databases
@pytest.mark.timeout(60)
@pytest.mark.skipif(not cpu.available(), reason="open files and threads are looked up in /proc, which only Linux has")
def test_what_is_loaded_before_processes_are_copied_opens_nothing(database_url: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], env=environment(database_url, tmp_path), timeout=50, check=True,
                          capture_output=True, text=True)
    assert done.stdout.strip() == "[] 1 1 True"


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
