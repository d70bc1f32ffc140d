"""The breaks that a person was granted: their own clock stands still meanwhile."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.attempts import queries
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.standing import Standing
from quizapp.exams.models import Exam
from quizapp.kernel.errors import ConflictError, NotFoundError


def take_break(session: Session, candidate_id: int, attempt_id: uuid.UUID, *, now: datetime) -> Standing:
    """Begin a break, or go on with the one that was begun. Raises ConflictError where none is left."""
    attempt, time = _open(session, candidate_id, attempt_id, now)
    if time.on_break(now):
        return time
    if time.paused_at is not None:
        raise ConflictError("考试已暂停，计时已停，不需要用休息时间")
    if not time.break_seconds(now):
        raise ConflictError("休息时间已用完，请接着作答")
    return put(attempt, time.with_break(now))


def end_break(session: Session, candidate_id: int, attempt_id: uuid.UUID, *, now: datetime) -> Standing:
    """End the break before its length is used up; what is left may be taken later. Ending twice changes nothing."""
    attempt, time = _open(session, candidate_id, attempt_id, now)
    return put(attempt, time.without_break(now))


def put(attempt: Attempt, time: Standing) -> Standing:
    """Write how the time stands into the row, which the caller has locked."""
    attempt.deadline_at, attempt.break_left = time.deadline_at, time.break_left
    attempt.break_started_at = time.break_started_at
    return time


def _open(session: Session, candidate_id: int, attempt_id: uuid.UUID, now: datetime) -> tuple[Attempt, Standing]:
    found = session.execute(
        select(Attempt, Exam.paused_at, Exam.grace_seconds).join(Exam, Exam.id == Attempt.exam_id)
        .where(Attempt.candidate_id == candidate_id, Attempt.id == attempt_id)
        .with_for_update(of=Attempt, key_share=True).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError(queries.NOT_FOUND)
    attempt, paused_at, grace_seconds = found
    time = Standing(attempt.deadline_at, paused_at, attempt.break_started_at, attempt.break_left)
    if attempt.state != "open" or time.is_over(grace_seconds, now):
        raise ConflictError("这次作答已经结束，不能再休息")
    return attempt, time
