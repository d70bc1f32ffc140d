"""The production server, with a worker for long jobs beside it."""

from __future__ import annotations

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from quizapp.jobs import worker as jobs


def serve(app: Flask, host: str, port: int, workers: int, threads: int, quiet: bool = False) -> None:
    """Serve until stopped. The job worker is a child process and ends with the server."""
    worker = jobs.start(app)
    try:
        Granian(
            "quizapp.app:create_app", factory=True, interface=Interfaces.WSGI, address=host, port=port,
            workers=workers, blocking_threads=threads, websockets=False, respawn_failed_workers=True,
            log_level=LogLevels.warning if quiet else LogLevels.info,
        ).serve()
    finally:
        worker.stop()
