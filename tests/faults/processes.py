"""Processes that a run starts, stops, freezes and kills; each by its number."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(__file__).resolve().parent / "site"
PATIENCE = 60.0


class Stuck(Exception):
    """Something did not come up, or not back, in a minute."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not ready():
        if time.monotonic() > deadline:
            raise Stuck(f"{what}: not after {patience:.0f} s")
        time.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def signal_all(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def kill_at_once(processes: list[psutil.Process]) -> None:
    """As if the power were cut: all are frozen first, so that none does anything about the end of another."""
    signal_all(processes, signal.SIGSTOP)
    signal_all(processes, signal.SIGKILL)
    psutil.wait_procs(processes, timeout=PATIENCE)


class Tree:
    """A process of ours with everything that it started: its children, and whoever is in its session."""

    def __init__(self, command: list[str], log: Path, *, env: Mapping[str, str], user: str | None = None) -> None:
        with log.open("ab") as output:
            self._own = subprocess.Popen(
                command, cwd=ROOT, env=dict(env), user=user, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        return self._own.poll() is None

    def processes(self) -> list[psutil.Process]:
        """All that run, the first one first."""
        found = [psutil.Process(self._own.pid), *self.below()] if self.alive else self.below()
        return list(dict.fromkeys(found))

    def below(self) -> list[psutil.Process]:
        found = [process for process in psutil.process_iter() if _session(process.pid) == self._own.pid]
        if self.alive:
            found += psutil.Process(self._own.pid).children(recursive=True)
        return [process for process in dict.fromkeys(found) if process.pid != self._own.pid]

    def kill(self) -> None:
        kill_at_once(self.processes())
        self._own.wait(PATIENCE)


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return 0


class Server:
    """The production server: two workers, and the worker for jobs. What it says goes to a file."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.port = free_port()
        self.log = folder / "server.log"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("QUIZAPP_")},
            **environment, "PYTHONPATH": f"{SITE}{os.pathsep}{ROOT}", "PYTHONUNBUFFERED": "1",
        }
        self.tree: Tree | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "quizapp", "serve", "--port", str(self.port), "--workers", "2"]
        self.tree = Tree(command, self.log, env=self.env)

    def ensure(self) -> None:
        """As a service manager would: start it where it does not run. Returns once it listens."""
        try:
            wait_until(self._up, "the server comes up")
        except Stuck as stuck:
            raise Stuck(f"{stuck}; {self.last_words()}") from None

    def _up(self) -> bool:
        if self.tree is None or not self.tree.alive:
            self.stop()
            self.start()
        return listens(self.port)

    def last_words(self) -> str:
        """The end of what it said."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else "it never said anything"

    def workers(self) -> list[psutil.Process]:
        """The processes that answer requests."""
        if self.tree is None:
            return []
        return [process for process in self.tree.below() if _answers_requests(process)]

    def stop(self) -> None:
        """By force; what the kernel was given stays."""
        if self.tree is not None:
            self.tree.kill()


def _answers_requests(process: psutil.Process) -> bool:
    try:
        words = " ".join(process.cmdline())
    except psutil.Error:
        return False
    return "quizapp.ops.serving" in words and process.status() != psutil.STATUS_ZOMBIE
