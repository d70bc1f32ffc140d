"""Statements that move the time of many at once, and the lock under which anybody's time is moved.

Whoever moves time locks the exam first, then attempts: a start that is under way is waited for and moved with the
others (see START on the attempt side), and two acts never wait for each other.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.exams.models import Exam
from quizapp.kernel.errors import NotFoundError
from quizapp.sittings.queries import giving as queries
from quizapp.statement import Statement

_LATER = {
    "postgresql": "{moment} + make_interval(secs => :seconds)",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', {moment}, :seconds || ' seconds') || '000'",
}


def _moving(text: str) -> Statement:
    return Statement(**{
        dialect: text.format(deadline=later.format(moment="deadline_at"), began=later.format(moment="break_started_at"))
        for dialect, later in _LATER.items()
    })


EXTEND = _moving("""
update attempt set deadline_at = {deadline} where exam_id = :exam and state = 'open'""")
# a break that goes on stood still as well
RESUME = _moving("""
update attempt set deadline_at = {deadline}, break_started_at = {began}
 where exam_id = :exam and state = 'open' and deadline_at >= :paused_at""")


def locked_exam(session: Session, exam_id: int) -> Exam:
    """The exam as it is now, until the end of the transaction nobody else's to move. Raises NotFoundError."""
    exam = session.scalar(
        select(Exam).where(Exam.id == exam_id).with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if exam is None or exam.state == "draft" or exam.kind != "online":
        raise NotFoundError("没有找到这场线上考试，或者它还没有发布")
    return exam


def move_all(session: Session, statement: Statement, exam: Exam, seconds: int, **more: datetime) -> int:
    """Run one of the statements; how many attempts were moved. What the session knows of attempts is forgotten."""
    session.flush()
    moved = statement.count(session.connection(), exam=exam.id, seconds=seconds, **more)
    session.expire_all()
    return moved


def settle(session: Session, exam: Exam, *, at_least: datetime | None = None) -> None:
    """Put off results and keys until nobody can be working any more."""
    session.flush()
    found = queries.everybody_is_done(session, exam)
    exam.settles_at = max(found, at_least) if at_least else found
    session.flush()
