"""Acts on the results of an exam held on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from quizapp.attempts import service as attempts
from quizapp.exams.models import Exam, Result
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.paper_exams import queries
from quizapp.paper_exams.rules import Trial, check_sheet


def check_open(exam: Exam, now: datetime) -> None:
    """Raises ConflictError unless results on paper may be registered for the exam now."""
    if exam.kind != "paper":
        raise ConflictError("这是线上考试，成绩由系统评出，不能导入")
    if exam.state == "draft":
        raise ConflictError("考试还没有发布，名单没有固定，不能导入成绩")
    if exam.opens_at > now:
        raise ConflictError("考试还没有开始，不能导入成绩")


def trial(session: Session, exam: Exam, rows: list[list[str]]) -> Trial:
    """What the sheet would write. Raises InputError for a sheet without the needed columns."""
    return check_sheet(rows, queries.candidates(session, exam.id), queries.total_of(session, exam))


def import_results(session: Session, exam: Exam, rows: list[list[str]], *, now: datetime) -> dict[str, Any]:
    """Write the sheet as one act; returns each change for the record, by work number.

    The sheet is checked anew: between trial and confirmation the roster may have changed. Raises InputError
    when any row is wrong; nothing is written then. Writing the same sheet again changes nothing.
    """
    check_open(exam, now)
    found = trial(session, exam, rows)
    if found.problems:
        raise InputError("表里有 %(n)s 处错误，没有写入；请改正以后重新上传", n=len(found.problems))
    changes: dict[str, Any] = {}
    for line in found.writes:
        if line.after is None:
            _withdraw(session, exam.id, line.candidate.id)
        else:
            attempts.put_paper_result(session, exam.id, line.candidate.id, line.after, exam.opens_at, now=now)
        changes[line.candidate.login] = {"before": line.before, "after": line.after}
    session.flush()
    return changes


def _withdraw(session: Session, exam_id: int, candidate_id: int) -> None:
    """Somebody registered by mistake sat nothing."""
    session.execute(
        delete(Result).where(Result.exam_id == exam_id, Result.candidate_id == candidate_id, Result.source == "paper")
    )
