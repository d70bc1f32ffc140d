"""What counts for one person in one exam."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete
from sqlalchemy.orm import Session

from quizapp.attempts import queries
from quizapp.attempts.models import Result
from quizapp.attempts.rules.counting import counting
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError


def recount(session: Session, exam_id: int, candidate_id: int) -> Result | None:
    """Settle anew which attempt counts, by the exam's rule. A registered paper result is left alone."""
    current = queries.result(session, exam_id, candidate_id)
    if current is not None and current.source == "paper":
        return current
    finished = queries.finished(session, candidate_id, exam_id)
    rule = session.get_one(Exam, exam_id).score_rule
    chosen = counting(list(finished), rule)
    if chosen is None:
        session.execute(delete(Result).where(Result.candidate_id == candidate_id, Result.exam_id == exam_id))
        return None
    if current is None:
        current = Result(candidate_id=candidate_id, exam_id=exam_id, source="online")
        session.add(current)
    current.attempt_id, current.attempts, current.score = chosen.id, len(finished), chosen.score
    current.sat_at = finished[chosen]
    session.flush()
    return current


def put_paper_result(
    session: Session, exam_id: int, candidate_id: int, score: Decimal, sat_at: datetime, *, now: datetime
) -> Result:
    """Register what somebody reached on paper; registering again corrects it.

    Raises NotFoundError off the roster, ConflictError for somebody excused or who sat online, InputError for
    impossible marks or a moment that lies ahead.
    """
    entry = exams.roster_entry(session, exam_id, candidate_id)
    if entry is None:
        raise NotFoundError("这个人不在这场考试的名单里")
    if entry.status != "expected":
        raise ConflictError("这个人在名单里是免考或者缓考，请先改为应考再登记成绩")
    if not score.is_finite() or score < 0 or score != round(score, 2):
        raise InputError("成绩不能是负数，最多两位小数")
    if sat_at > now:
        raise InputError("考试时间晚于现在，请改正")
    if queries.attempts(session, candidate_id, exam_id):
        raise ConflictError("这个人已经在线作答，不能再登记纸质成绩")
    found = queries.result(session, exam_id, candidate_id)
    if found is None:
        found = Result(candidate_id=candidate_id, exam_id=exam_id, source="paper")
        session.add(found)
    found.source, found.attempt_id, found.attempts = "paper", None, 1
    found.score, found.sat_at = score, sat_at
    session.flush()
    return found
