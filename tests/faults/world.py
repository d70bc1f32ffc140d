"""Everything that a run needs, built once and taken down in any case: database, disk, server, lines, an exam."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from quizapp.app import create_app
from quizapp.attempts import service as attempts
from quizapp.config import Settings, normalised_url
from quizapp.db import db, upgrade
from quizapp.people import service as people
from quizapp.people.models import Person
from tests.builders.exams import make_exam
from tests.builders.people import make_person
from tests.databases import make_server_folder
from tests.faults.disk import Disk
from tests.faults.postgres import Postgres
from tests.faults.processes import Server, wait_until
from tests.faults.proxy import Proxy

SECRET = "signs only what a run of faults makes"
NAME = "quizapp"
KINDS = ("fill",) * 8 + ("single",) * 4 + ("multiple",) * 2 + ("true_false",) * 2
MINUTES = 5
GRACE = 1  # seconds for transit, so that a pause need not last long until saves are refused
# in the words of SQLite, of the system, and of both databases where a file may not grow
FULL = ("database or disk is full", "No space left on device", "Check free disk space", "File too large", "disk I/O error")


@dataclass(frozen=True)
class Build:
    """`mistake`: a name from tampering.MISTAKES; `postgres`: settings other than the durable ones."""

    database: str
    candidates: int = 8
    attempts: int = 100
    mistake: str = ""
    postgres: Mapping[str, str] | None = None


class World:
    """Use as a context manager; the lines are opened by the run, which has the event loop."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.folder = make_server_folder()
        self.postgres: Postgres | None = None
        self.server: Server | None = None
        self.to_server = Proxy(0)
        self.to_database = Proxy(0)
        self.shift = 0.0
        self.people: list[int] = []
        self.exam = 0
        self.engine: Engine | None = None
        self._offset = self.folder / "clock"
        self._set_offset(0)
        self.disk = Disk(self.folder)

    # ------------------------------------------------------------ up and down

    def __enter__(self) -> World:
        try:
            self._make_database()
            self._fill()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    def close(self) -> None:
        if self.server is not None:
            self.server.stop()
        if self.engine is not None:
            self.engine.dispose()
        if self.postgres is not None:
            self.postgres.stop()
        self.disk.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_database(self) -> None:
        if self.build.database == "postgresql":
            self.postgres = Postgres(self.disk.folder, self.folder, self.build.postgres)
            self.postgres.await_recovery()
            self.postgres.execute(f"create database {NAME}")
            self.url = self.postgres.uri(NAME) + "?connect_timeout=5"
            self.to_database.target = self.postgres.port
        else:
            self.url = f"sqlite:///{self.sqlite_file}"
        self.instance = self.disk.folder / "instance"
        self.instance.mkdir()
        self.app: Flask = create_app(Settings(database_url=normalised_url(self.url), instance_path=self.instance,
                                              secret_key=SECRET))
        upgrade(self.app)
        with self.app.app_context():
            self.engine = db.engine

    def _fill(self) -> None:
        now = datetime.now(UTC)
        with self.app.app_context(), db.transaction() as session:
            candidates = [make_person(session) for _person in range(self.build.candidates)]
            exam = make_exam(
                session, KINDS, candidates=candidates, minutes=MINUTES, grace_seconds=GRACE, shuffle_questions=False,
                attempts_allowed=self.build.attempts, opens_at=now - timedelta(days=1),
                closes_at=now + timedelta(days=60),
            )
            attempts.prepare_papers(session, exam)
            self.people, self.exam = [person.id for person in candidates], exam.id
        if self.postgres is not None:
            self.postgres.execute("checkpoint")

    def start_server(self) -> None:
        """Once the lines are open: the server reaches PostgreSQL through one of them."""
        url = self.postgres.uri(NAME, self.to_database.port) if self.postgres is not None else self.url
        self.server = Server(self.folder, {
            "DATABASE_URL": url, "QUIZAPP_INSTANCE": str(self.instance), "QUIZAPP_SECRET_KEY": SECRET,
            "FAULTS_CLOCK": str(self._offset), "FAULTS_MISTAKE": self.build.mistake,
        })
        self.server.ensure()
        self.to_server.target = self.server.port

    # ------------------------------------------------------------ parts that faults act on

    @property
    def sqlite_file(self) -> Path:
        return self.disk.folder / "quizapp.sqlite3"

    def workers(self) -> list[psutil.Process]:
        return self.server.workers() if self.server is not None else []

    def writers(self) -> list[psutil.Process]:
        """Every process that may write to the database."""
        server = self.server.tree.processes() if self.server is not None and self.server.tree is not None else []
        return self.postgres.processes() if self.postgres is not None else server

    def said_full(self) -> int:
        """How often the server and PostgreSQL said that there is no room."""
        logs = [part.log for part in (self.server, self.postgres) if part is not None]
        return sum(log.read_text(errors="replace").count(word) for log in logs if log.exists() for word in FULL)

    def last_words(self) -> str:
        """The end of what the server said."""
        return self.server.last_words() if self.server is not None else "there is no server"

    def heal(self) -> None:
        """Whatever ended is started again; returns once database and server take requests."""
        self.heal_database()
        self.keep_up()

    def keep_up(self) -> None:
        """The server is started again where it ended; it does so by itself when workers die one after another."""
        if self.server is not None:
            self.server.ensure()

    def fill_disk(self) -> None:
        """From now on there is no room. The log of SQLite is emptied first, or it would be written in place."""
        limit = 1 << 20
        if self.postgres is None:
            with closing(sqlite3.connect(self.sqlite_file, timeout=5)) as other:
                other.execute("pragma wal_checkpoint(truncate)")
            limit = 4096
        # without a disk of its own: in the middle of a page, so that the write that reaches it is cut
        self.disk.fill(self.writers(), limit + 1000)

    def wake(self) -> None:
        """Until this process has a living connection: those from before a kill are dead, and only using one tells."""

        def alive() -> bool:
            with self.app.app_context():
                try:
                    db.session().execute(select(1))
                except DBAPIError:
                    return False
                return True

        wait_until(alive, "the database answers")

    def heal_database(self) -> None:
        self.disk.free(self.writers)
        if self.postgres is not None:
            self.postgres.await_recovery()
        self.wake()

    # ------------------------------------------------------------ time

    def clock(self) -> float:
        """What the server's clock shows."""
        return time.time() + self.shift

    def move_clock(self, seconds: float) -> None:
        """While it moves, `clock` shows the earlier of the two: nothing is called late that may not have been."""
        new = self.shift + seconds
        self.shift = min(self.shift, new)
        self._set_offset(new)
        self.shift = new

    def _set_offset(self, seconds: float) -> None:
        draft = self._offset.with_suffix(".new")
        draft.write_text(f"{seconds:.3f}")
        draft.replace(self._offset)

    # ------------------------------------------------------------ people

    def invigilate(self, act: Callable[[Session, int, datetime], object]) -> None:
        """Something that whoever holds the exam does, by the server's clock."""
        with self.app.app_context(), db.transaction() as session:
            act(session, self.exam, datetime.fromtimestamp(self.clock(), UTC))

    def sign_in(self, person_id: int) -> str:
        """The cookie of a fresh sign-in."""
        with self.app.app_context():
            with db.transaction() as session:
                token = people.open_session(session, session.get_one(Person, person_id), "127.0.0.1", "a run of faults")
            serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
            value = serializer.dumps({"_user_id": token, "_fresh": True})
            return f"{self.app.config['SESSION_COOKIE_NAME']}={value}"

