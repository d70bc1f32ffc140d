"""Starting long work and doing it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.db import db
from quizapp.jobs import queries
from quizapp.jobs.models import Job
from quizapp.jobs.queue import queue_of
from quizapp.jobs.rules import Progress, find
from quizapp.kernel.errors import ConflictError, QuizappError

INTERRUPTED = "做这项任务的程序中断了，任务没有完成，也没有留下一半的结果；请再做一次"
BROKEN = "系统出了错，任务没有完成，已经记录下来；请再做一次，仍然不行就联系系统管理员"
RUNNING: set[uuid.UUID] = set()  # what this very process is doing


def enqueue(session: Session, kind: str, params: dict[str, Any], person_id: int | None = None) -> Job:
    """Write the job down. `dispatch` it after the transaction has been committed."""
    find(kind)
    job = Job(kind=kind, params=params, person_id=person_id, result={}, created_at=clock.now())
    session.add(job)
    session.flush()
    return job


def enqueue_again(session: Session, job: Job, person_id: int) -> Job:
    """The same work once more. Raises ConflictError unless it failed."""
    if job.state != "failed":
        raise ConflictError("这项任务没有失败，不需要再做一次")
    return enqueue(session, job.kind, job.params, person_id)


def dispatch(job_id: uuid.UUID) -> None:
    """Hand the job to the workers; where there are none (tests) it is done at once."""
    if current_app.config["SETTINGS"].testing:
        perform(job_id)
        return
    queue_of(current_app._get_current_object(), perform).send(job_id)  # type: ignore[attr-defined]


def perform(job_id: uuid.UUID) -> None:
    """Do the work of one job. A job that is running or done already, here or elsewhere, is left alone."""
    job = _claimed(job_id)
    if job is None:
        return
    outcome: dict[str, Any] = {"state": "failed", "problem": BROKEN}  # unless something better is known
    RUNNING.add(job_id)
    try:
        outcome = {"state": "done", "result": _done(job)}
    except QuizappError as error:
        outcome = {"state": "failed", "problem": error.message[:2000], "problem_values": _words(error.values)}
    finally:
        RUNNING.discard(job_id)
        db.session().rollback()
        _finish(job_id, outcome)


def _done(job: Job) -> dict[str, Any]:
    return find(job.kind)({**job.params, "job": str(job.id)}, progress_of(job.id))


def _claimed(job_id: uuid.UUID) -> Job | None:
    """The job, now ours alone; None when there is nothing to do."""
    now = clock.now()
    with db.transaction() as session:
        claimed = session.execute(
            update(Job).where(Job.id == job_id, Job.state == "queued")
            .values(state="running", started_at=now, heartbeat_at=now)
        )
        if claimed.rowcount == 0:  # type: ignore[attr-defined]
            return None
        return queries.get(session, job_id)


def progress_of(job_id: uuid.UUID) -> Progress:
    """Progress as the page shows it. Silent while the work holds a transaction of its own: what it says then
    could be read by nobody before the end, and must not end that transaction."""

    def progress(done: int, total: int, step: str = "") -> None:
        if _is_writing():
            return
        with db.transaction() as session:
            session.execute(
                update(Job).where(Job.id == job_id)
                .values(done=done, total=total, step=step[:200], heartbeat_at=clock.now())
            )

    return progress


def _is_writing() -> bool:
    session = db.session()
    return session.in_transaction() and bool(session.connection().get_execution_options().get("quizapp_write"))


def beat(session: Session, job_ids: Collection[uuid.UUID], now: datetime) -> None:
    """A sign of life for the jobs that this process is doing."""
    session.execute(update(Job).where(Job.id.in_(job_ids), Job.state == "running").values(heartbeat_at=now))


def fail_abandoned(session: Session, now: datetime) -> int:
    """Say of every job whose worker is gone that it failed; the number of them.

    They are not begun again by themselves: what stopped the worker may have been the job.
    """
    ids = queries.abandoned(session, now, RUNNING)
    session.execute(
        update(Job).where(Job.id.in_(ids), Job.state == "running")
        .values(state="failed", problem=INTERRUPTED, problem_values={}, finished_at=now)
    )
    return len(ids)


def _finish(job_id: uuid.UUID, outcome: dict[str, Any]) -> None:
    with db.transaction() as session:
        session.execute(
            update(Job).where(Job.id == job_id, Job.state == "running").values(finished_at=clock.now(), **outcome)
        )


def _words(values: dict[str, object]) -> dict[str, Any]:
    """What fills the placeholders of an error, as JSON can keep it."""
    return {
        name: value if isinstance(value, int | float | str) else "" if value is None else str(value)
        for name, value in values.items()
    }
