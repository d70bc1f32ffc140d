"""The queue between the web processes and the workers: Huey over the installation's own kind of database."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask

# Imported on first use: Huey brings the driver of PostgreSQL along, a tenth of the whole start.
if TYPE_CHECKING:
    from huey import Huey

NAME = "quizapp"


class Queue:
    """Carries the ids of jobs. What a job is, and whether it was done, stands in the table alone: a message
    may be lost or come twice without harm."""

    def __init__(self, app: Flask, perform: Callable[[uuid.UUID], None]) -> None:
        self.huey = storage_of(app)

        def run(job_id: str) -> None:
            with app.app_context():
                perform(uuid.UUID(job_id))

        self._task = self.huey.task(name="perform")(run)

    def send(self, job_id: uuid.UUID) -> None:
        self._task(str(job_id))


def storage_of(app: Flask) -> Huey:
    """A file of its own beside a SQLite database (its writers must not wait for exams); tables of Huey's own
    in PostgreSQL, so that several machines share one queue."""
    from huey import PostgresHuey, SqliteHuey

    settings = app.config["SETTINGS"]
    if settings.database_url.startswith("sqlite"):
        return SqliteHuey(NAME, filename=str(settings.instance_path / "jobs.sqlite3"), results=False)
    dsn = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    return PostgresHuey(NAME, dsn=dsn, results=False)


def queue_of(app: Flask, perform: Callable[[uuid.UUID], None]) -> Queue:
    """The queue of this application, made on first use."""
    if "huey" not in app.extensions:
        app.extensions["huey"] = Queue(app, perform)
    found: Queue = app.extensions["huey"]
    return found
