"""Holding a sitting: putting off its start, stopping every clock, letting them run on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from quizapp.exams.models import Exam
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.sittings.queries import giving as queries
from quizapp.sittings.rules.giving import MINUTES_MOST
from quizapp.sittings.service.giving import MOVED
from quizapp.sittings.service.moving import RESUME, locked_exam, move_all


@dataclass(frozen=True)
class Resumed:
    """`length`: of the pause, whole seconds; `moved`: how many attempts got it back."""

    length: timedelta
    moved: int
    closes_at: datetime


def pause(session: Session, exam_id: int, *, now: datetime) -> Exam:
    """Stop every clock of a sitting. Pausing twice changes nothing. Raises ConflictError outside of it."""
    exam = locked_exam(session, exam_id)
    if exam.paused_at is not None:
        return exam
    if now < exam.opens_at:
        raise ConflictError("考试还没有开始，不能暂停；可以推迟开始")
    if now >= exam.closes_at and not queries.working(session, exam_id):
        raise ConflictError("考试已经结束，没有人在作答，不能暂停")
    exam.paused_at = now
    session.flush()
    return exam


def resume(session: Session, exam_id: int, *, now: datetime) -> Resumed:
    """Let the clocks run on: whoever was working, and the window, get the length of the pause back.

    Raises ConflictError when the sitting is not paused.
    """
    exam = locked_exam(session, exam_id)
    if exam.paused_at is None:
        raise ConflictError("考试没有暂停，或者已经恢复")
    seconds = max(math.ceil((now - exam.paused_at).total_seconds()), 0)
    paused_at, length = exam.paused_at, timedelta(seconds=seconds)
    exam.closes_at, exam.settles_at, exam.paused_at = exam.closes_at + length, exam.settles_at + length, None
    moved = move_all(session, RESUME, exam, seconds, paused_at=paused_at)
    return Resumed(length, moved, exam.closes_at)


def postpone(session: Session, exam_id: int, minutes: int, *, now: datetime, seen: datetime | None = None) -> Exam:
    """Put off a start that is still ahead, and the end with it. `seen`: the start on the page of whoever does it.

    Raises InputError and ConflictError.
    """
    if not 1 <= minutes <= MINUTES_MOST:
        raise InputError("推迟请填写 1 至 %(most)s 的整数", most=MINUTES_MOST)
    exam = locked_exam(session, exam_id)
    if now >= exam.opens_at:
        raise ConflictError("考试已经开始，不能再推迟；可以暂停，或者全场延时")
    if seen is not None and seen != exam.opens_at:
        raise ConflictError(MOVED)
    span = timedelta(minutes=minutes)
    exam.opens_at, exam.closes_at, exam.settles_at = exam.opens_at + span, exam.closes_at + span, exam.settles_at + span
    session.flush()
    return exam
