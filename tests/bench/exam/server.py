"""The processes of a run: the production server, the yardstick beside it, the candidates. Each ends with its block."""

from __future__ import annotations

import importlib.util
import json
import os
import select
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.exam import cpu
from tests.bench.exam.databases import free_port

ROOT = Path(__file__).resolve().parents[3]
HOST = "127.0.0.1"
STARTS_WITHIN, RESTS_WITHIN = 60, 20  # seconds
GUNICORN = ("gunicorn", "-k", "gthread", "--no-control-socket", "--keep-alive", "75", "--log-level", "warning")


def environment(url: str, folder: Path) -> dict[str, str]:
    """The caller's environment without settings of another installation."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("QUIZAPP_", "DATABASE_URL"))}
    return {**clean, "DATABASE_URL": url, "QUIZAPP_INSTANCE": str(folder), "PYTHONUNBUFFERED": "1"}


def product_command(server: str, port: int, workers: int, threads: int) -> list[str]:
    if server == "granian":
        return ["quizapp", "serve", "--port", str(port), "--workers", str(workers), "--threads", str(threads)]
    return [*GUNICORN, "-w", str(workers), "--threads", str(threads), "-b", f"{HOST}:{port}", "quizapp.app:create_app()"]


def bare_command(server: str, port: int, workers: int, threads: int) -> list[str]:
    if server == "granian":
        return ["tests.bench.exam.bare", str(port), str(workers), str(threads)]
    return [*GUNICORN, "-w", str(workers), "--threads", str(threads), "-b", f"{HOST}:{port}",
            "tests.bench.exam.bare:create_app()"]


def can_serve(server: str) -> bool:
    return importlib.util.find_spec(server) is not None


@contextmanager
def serving(kind: str, served: tuple[str, int, int], url: str, folder: Path) -> Iterator[tuple[int, int]]:
    """The product or the bare route (`kind`), answering; yields the process id at its head and its port.

    `served`: the server's name, its workers, the threads of each.
    """
    server, workers, threads = served
    port = free_port()
    make = product_command if kind == "product" else bare_command
    log = folder / f"{kind}-{server}.log"
    with log.open("ab") as output:
        process = subprocess.Popen([sys.executable, "-m", *make(server, port, workers, threads)], cwd=ROOT,
                                   env=environment(url, folder), stdout=output, stderr=output)
    try:
        until_it_answers(process, port, log)
        until_it_rests(process.pid)
        yield process.pid, port
    finally:
        stop(process)


def until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def until_it_rests(root: int) -> None:
    """The worker for long jobs is still starting when the first page can be had: not what is measured."""
    deadline = time.monotonic() + RESTS_WITHIN
    spent, before = 1.0, cpu.seconds(root)
    while spent > 0.05 and time.monotonic() < deadline:
        time.sleep(0.7)
        now = cpu.seconds(root)
        spent, before = now - before, now


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and whatever it started and left behind."""
    family = cpu.tree(process.pid) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
    for pid in family:
        # a worker that outlived its master; the master's own id is free again by now
        if pid != process.pid and cpu.is_alive(pid):
            os.kill(pid, 9)


class Candidates:
    """The load generator. Every order is answered within its time, or the run ends."""

    def __init__(self, roll: Path) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "tests.bench.exam.load", str(roll)], cwd=ROOT,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, within: float, **order: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()
        ready, _out, _error = select.select([self.process.stdout], [], [], within)
        if not ready:
            raise TimeoutError(f"the candidates did not finish within {within:.0f} s: {order}")
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the candidates' process ended during {order}")
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


@contextmanager
def candidates(roll: Path) -> Iterator[Candidates]:
    generator = Candidates(roll)
    try:
        yield generator
    finally:
        generator.close()
