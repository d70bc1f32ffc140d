"""A worker as a child process of the server.

A child process rather than threads of the server: work that reads and writes thousands of rows must not take
time from people who are sitting an exam, and a worker that dies takes nobody with it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

STOP_SECONDS = 10.0


@dataclass
class Worker:
    """A worker that runs beside the server."""

    process: subprocess.Popen[bytes]

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """Let the job at hand end, then stop; by force when that takes too long."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(environment: Mapping[str, str]) -> Worker:
    """Start a worker for the installation that these variables name. It ends when it is stopped, or when the
    process that started it is gone: its input closes then."""
    command = [sys.executable, "-m", "quizapp", "jobs", "work", "--until-input-closes"]
    return Worker(subprocess.Popen(command, stdin=subprocess.PIPE, env=environment))  # noqa: S603 - our own command
