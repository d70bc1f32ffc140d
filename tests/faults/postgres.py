"""A PostgreSQL as an operator would run it, all of its promises on, which can be killed and started again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import psutil
import psycopg

from tests.databases import pgserver
from tests.faults.processes import Tree, free_port, wait_until

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
SMALL = {"shared_buffers": "64MB", "max_wal_size": "96MB", "min_wal_size": "32MB", "max_connections": "90",
         "unix_socket_directories": "", "listen_addresses": "127.0.0.1", "log_min_messages": "warning"}


class Postgres:
    """Its data lies in `folder`, its log in `logs`. `settings` change what DURABLE says."""

    def __init__(self, folder: Path, logs: Path, settings: Mapping[str, str] | None = None) -> None:
        self.port = free_port()
        self.log = logs / "postgresql.log"
        self._data = folder / "data"
        self._settings = DURABLE | SMALL | {"port": str(self.port)} | dict(settings or {})
        self._package = pgserver(logs).get_server(self._data, cleanup_mode=None, start=False)
        self._package.ensure_pgdata_inited()
        self.tree: Tree | None = None

    def uri(self, name: str = "postgres", port: int | None = None) -> str:
        return f"postgresql://postgres@127.0.0.1:{port or self.port}/{name}"

    def start(self) -> None:
        """Without waiting for it."""
        words = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(self._package.bin_path / "postgres"), "-D", str(self._data), *words]
        self.tree = Tree(command, self.log, env=os.environ, user=self._package.system_user)

    def await_recovery(self) -> None:
        """Until it takes a write; started again where it gave up meanwhile."""
        wait_until(self._writes, "PostgreSQL recovers")

    def _writes(self) -> bool:
        if self.tree is None or not self.tree.alive:
            self.stop()
            self.start()
        try:
            with psycopg.connect(self.uri(), connect_timeout=2, autocommit=True) as connection:
                connection.execute("select pg_current_xact_id()")
        except psycopg.Error:
            return False
        return True

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.uri(), autocommit=True) as connection:
            connection.execute(statement)

    def processes(self) -> list[psutil.Process]:
        return self.tree.processes() if self.tree is not None else []

    def backends(self) -> list[psutil.Process]:
        """The processes that serve the application's connections."""
        return [process for process in self.processes() if "127.0.0.1" in _title(process)]

    def stop(self) -> None:
        """kill -9 to all of it at once."""
        if self.tree is not None:
            self.tree.kill()


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
