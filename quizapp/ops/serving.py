"""The production server, with a worker for long jobs beside it."""

from __future__ import annotations

import ctypes
import gc
import os
import sys

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from quizapp.jobs import worker as jobs

# browsers keep their connections between two saves; at the server's own limit of 512 the next people would wait
CONNECTIONS = 8192  # of each server process
WAITING = 2048  # connections that the system holds while the server is busy
M_ARENA_MAX, HEAPS = -8, 2  # malloc.h


def serve(app: Flask, host: str, port: int, workers: int, threads: int, quiet: bool = False) -> None:
    """Serve until stopped. The job worker is a child process and ends with the server."""
    worker = jobs.start(app)
    allow_many_connections()
    share_heaps()
    # the workers are copies of this process and share with it what nobody writes to: the collector would
    gc.collect()
    gc.freeze()
    try:
        Granian(
            "quizapp.app:create_app", factory=True, interface=Interfaces.WSGI, address=host, port=port,
            workers=workers, blocking_threads=threads, backlog=WAITING, backpressure=CONNECTIONS, websockets=False,
            respawn_failed_workers=True, log_level=LogLevels.warning if quiet else LogLevels.info,
        ).serve()
    finally:
        worker.stop()


def allow_many_connections() -> None:
    """Lift this process's own limit of open files as far as the system lets it, for itself and its children."""
    if os.name != "posix":
        return
    import resource  # not there on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, 2 * CONNECTIONS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def share_heaps() -> None:
    """Let the threads of a process share two heaps. The C library of Linux gives each thread one of its own, which
    never shrinks below the most that this thread once needed; two threads of Python do not allocate at once."""
    tune = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if tune is not None:
        tune(M_ARENA_MAX, HEAPS)
