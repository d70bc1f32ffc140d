"""A worker as a child process of the server, and a small process between the two that starts it again when it dies.

A child process rather than threads of the server: work that reads and writes thousands of rows must not take
time from people who are sitting an exam, and a worker that dies takes nobody with it. A process between rather than
a thread that watches: the server is copied when one of its own processes is replaced, and threads are not.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WORK = [sys.executable, "-m", "quizapp", "jobs", "work", "--until-input-closes"]
KEEP = [sys.executable, "-m", "quizapp.jobs.beside"]
# Ctrl+C in a terminal goes to its whole group of processes: these end when their input closes, after the job at hand
APART: dict[str, Any] = {"process_group": 0} if os.name == "posix" else {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
STOP_SECONDS = 10.0
REST_SECONDS = 5.0  # before a worker that died is started again


@dataclass
class Child:
    """A process that ends when its input closes."""

    process: subprocess.Popen[bytes]

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self, within: float = STOP_SECONDS) -> None:
        """Let it end what it has at hand, then stop; by force when that takes too long."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(environment: Mapping[str, str]) -> Child:
    """Keep a worker for the installation that these variables name. It ends when it is stopped, or when the
    process that started it is gone."""
    return Child(subprocess.Popen(KEEP, stdin=subprocess.PIPE, env=environment, **APART))  # noqa: S603 - our own command


def keep() -> None:
    """Keep a worker running until the input of this process closes."""
    ended = threading.Event()
    threading.Thread(target=_wait_for_end_of_input, args=(ended,), daemon=True).start()
    while not ended.is_set():
        worker = Child(subprocess.Popen(WORK, stdin=subprocess.PIPE))  # noqa: S603 - our own command
        while worker.alive and not ended.wait(0.5):
            pass
        if ended.is_set():
            worker.stop(STOP_SECONDS - 1)
        else:
            print(f"the worker for long jobs ended with {worker.process.returncode} and is started again", file=sys.stderr)
            ended.wait(REST_SECONDS)


def _wait_for_end_of_input(ended: threading.Event) -> None:
    while sys.stdin.buffer.read(1024):
        pass
    ended.set()


if __name__ == "__main__":
    keep()
