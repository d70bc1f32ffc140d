"""Starting long work and doing it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask, current_app
from huey import Huey, PostgresHuey, SqliteHuey
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.db import db
from quizapp.jobs.models import Job
from quizapp.jobs.rules import Progress, find
from quizapp.kernel.errors import QuizappError


def enqueue(session: Session, kind: str, params: dict[str, Any], person_id: int | None = None) -> Job:
    """Write the job down. `dispatch` it after the transaction has been committed."""
    find(kind)
    job = Job(kind=kind, params=params, person_id=person_id, result={}, created_at=clock.now())
    session.add(job)
    session.flush()
    return job


def dispatch(job_id: uuid.UUID) -> None:
    """Hand the job to the workers; where there are none (tests, terminal) it is done at once."""
    if current_app.config["SETTINGS"].testing:
        perform(job_id)
        return
    queue = current_app.extensions.get("huey") or attach(current_app._get_current_object())  # type: ignore[attr-defined]
    queue.perform(str(job_id))


def perform(job_id: uuid.UUID) -> None:
    """Do the work of one job. Doing a job that is already running or done changes nothing."""
    with db.transaction() as session:
        claimed = session.execute(
            update(Job).where(Job.id == job_id, Job.state == "queued").values(state="running", started_at=clock.now())
        )
        job = session.get(Job, job_id, populate_existing=True)
    if job is None or claimed.rowcount == 0:  # type: ignore[attr-defined]
        return
    try:
        result = find(job.kind)(job.params, progress_of(job_id))
    except QuizappError as error:
        _finish(job_id, "failed", problem=str(error))
    except Exception:
        _finish(job_id, "failed", problem="系统出了错，任务没有完成，已经记录下来")
        raise
    else:
        _finish(job_id, "done", result=result)


def progress_of(job_id: uuid.UUID) -> Progress:
    def progress(done: int, total: int, step: str = "") -> None:
        with db.transaction() as session:
            session.execute(update(Job).where(Job.id == job_id).values(done=done, total=total, step=step[:200]))

    return progress


def _finish(job_id: uuid.UUID, state: str, problem: str = "", result: dict[str, Any] | None = None) -> None:
    with db.transaction() as session:
        session.execute(
            update(Job).where(Job.id == job_id)
            .values(state=state, problem=problem[:2000], result=result or {}, finished_at=clock.now())
        )


class Queue:
    """Huey over the installation's own database kind, with one task: perform this job."""

    def __init__(self, app: Flask) -> None:
        settings = app.config["SETTINGS"]
        self.huey: Huey
        if settings.database_url.startswith("sqlite"):
            self.huey = SqliteHuey("quizapp", filename=str(settings.instance_path / "jobs.sqlite3"))
        else:
            self.huey = PostgresHuey("quizapp", dsn=settings.database_url.replace("postgresql+psycopg", "postgresql"))

        def run(job_id: str) -> None:
            with app.app_context():
                perform(uuid.UUID(job_id))

        self.perform = self.huey.task(name="quizapp_perform")(run)


def attach(app: Flask) -> Queue:
    """The queue of this application, made on first use."""
    if "huey" not in app.extensions:
        app.extensions["huey"] = Queue(app)
    found: Queue = app.extensions["huey"]
    return found
