"""Reading jobs."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.jobs.models import Job
from quizapp.jobs.rules import SILENT
from quizapp.kernel.errors import NotFoundError

LISTED = 500


def get(session: Session, job_id: uuid.UUID, person_id: int | None = None) -> Job:
    """The job; with `person_id` only if that person started it. Raises NotFoundError."""
    job = session.get(Job, job_id, populate_existing=True)
    if job is None or (person_id is not None and job.person_id != person_id):
        raise NotFoundError("没有找到这项任务")
    return job


def recent(session: Session, person_id: int | None = None) -> list[Job]:
    """The latest jobs first, of one person or of everybody."""
    found = select(Job).order_by(Job.created_at.desc(), Job.id).limit(LISTED)
    if person_id is not None:
        found = found.where(Job.person_id == person_id)
    return list(session.scalars(found))


def under_way(session: Session, kind: str, params: dict[str, Any], person_id: int) -> Job | None:
    """The same work, started by the same person before and not ended yet: a second click leads there."""
    found = session.scalars(
        select(Job).where(Job.person_id == person_id, Job.kind == kind, Job.state.in_(("queued", "running")))
        .order_by(Job.created_at.desc())
    )
    return next((job for job in found if job.params == params), None)


def waiting(session: Session) -> list[uuid.UUID]:
    """Jobs that nobody has begun, in the order in which they came."""
    return list(session.scalars(select(Job.id).where(Job.state == "queued").order_by(Job.created_at)))


def abandoned(session: Session, now: datetime, own: Collection[uuid.UUID] = ()) -> list[uuid.UUID]:
    """Jobs that say they run, but whose worker has given no sign of life; never one of our own."""
    silent = (Job.heartbeat_at.is_(None)) | (Job.heartbeat_at < now - SILENT)
    found = session.scalars(select(Job.id).where(Job.state == "running", silent))
    return [job_id for job_id in found if job_id not in own]


def standing(session: Session) -> tuple[dict[str, int], datetime | None]:
    """How many jobs there are in each state, and since when the oldest of those that nobody has begun waits."""
    found = {str(row[0]): int(row[1]) for row in session.execute(select(Job.state, func.count()).group_by(Job.state))}
    oldest = session.scalar(select(func.min(Job.created_at)).where(Job.state == "queued"))
    return found, oldest
