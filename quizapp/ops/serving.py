"""The production server, with a worker for long jobs beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

STATIC = Path(__file__).resolve().parent.parent / "ui" / "static"


def serve(host: str, port: int, workers: int, threads: int, quiet: bool = False) -> None:
    """Serve until stopped. The job worker is a child process and ends with the server."""
    # safe_path keeps the current folder off the path, as for this process
    worker = subprocess.Popen([sys.executable, "-P", "-m", "quizapp", "jobs", "work"], env=dict(os.environ))  # noqa: S603
    try:
        Granian(
            "quizapp.app:create_app", factory=True, interface=Interfaces.WSGI, address=host, port=port,
            workers=workers, blocking_threads=threads, websockets=False, respawn_failed_workers=True,
            log_level=LogLevels.warning if quiet else LogLevels.info,
        ).serve()
    finally:
        worker.terminate()
        try:
            worker.wait(10)
        except subprocess.TimeoutExpired:
            worker.kill()
