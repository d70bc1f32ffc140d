"""The production server, with a worker for long jobs beside it.

Where processes begin as copies of another, the one at the head loads the application and the others share with it what
they do not change. It only watches over them, opens no connection and starts no thread.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from functools import cache
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from quizapp.jobs import beside

if TYPE_CHECKING:
    from flask import Flask

# browsers keep their connections between two saves; at the server's own limit of 512 the next people would wait
CONNECTIONS = 8192  # of each server process
WAITING = 2048  # connections that the system holds while the server is busy
M_ARENA_MAX, HEAPS = -8, 2  # malloc.h
M_MMAP_THRESHOLD, LARGE = -3, 262_144  # bytes


def instead_of(environment: dict[str, str], host: str, port: int, workers: int, threads: int, quiet: bool) -> None:
    """Serve the installation that these variables name, in the place of this process and all that it has loaded."""
    words = ["-m", "quizapp.ops.serving", host, str(port), str(workers), str(threads), "quiet" if quiet else "loud"]
    if os.name == "posix":
        os.execve(sys.executable, [sys.executable, *words], environment)  # noqa: S606 - this very program, no shell
    # elsewhere a process cannot take the place of another
    os.environ.update(environment)
    serve(host, port, workers, threads, quiet)


def serve(host: str, port: int, workers: int, threads: int, quiet: bool = False) -> None:
    """Serve until stopped. The job worker is a child process and ends with the server."""
    worker = beside.start(os.environ)
    try:
        allow_many_connections()
        share_heaps()
        if multiprocessing.get_start_method() == "fork":
            application()
        Granian(
            "quizapp.ops.serving:of_one_process", factory=True, interface=Interfaces.WSGI, address=host, port=port,
            workers=workers, blocking_threads=threads, backlog=WAITING, backpressure=CONNECTIONS, websockets=False,
            respawn_failed_workers=True, log_level=LogLevels.warning if quiet else LogLevels.info,
        ).serve()
    finally:
        worker.stop()


def of_one_process() -> Flask:
    """The application, in a server process that is about to begin. Ctrl+C in a terminal goes to every process at once,
    and the one at the head then tells the others to end: hearing both, they might do so never."""
    if os.name == "posix":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    return application()


@cache
def application() -> Flask:
    """The application of a server process, made once: by the process at the head where the others are copies of it."""
    from quizapp.app import create_app

    made = create_app()
    # what it consists of lives as long as the process: the collector need not look through it again and again
    gc.collect()
    gc.freeze()
    return made


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
    """Keep the C library of Linux from hoarding. It gives each thread a heap of its own, which never shrinks below the
    most that this thread once needed; two threads of Python do not allocate at once. And having seen the memory of one
    password hash come and go, it would take the next ones from the heap instead of giving them back."""
    tune = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if tune is not None:
        tune(M_ARENA_MAX, HEAPS)
        tune(M_MMAP_THRESHOLD, LARGE)


if __name__ == "__main__":
    from quizapp.ops import serving  # by its name, under which the server asks it for the application

    where, at, processes, in_each, how = sys.argv[1:]
    serving.serve(where, int(at), int(processes), int(in_each), quiet=how == "quiet")
