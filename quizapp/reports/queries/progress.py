"""How far an exam has come: who has begun, who has handed in, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.attempts.models import Attempt, Result
from quizapp.exams.models import RosterEntry
from quizapp.kernel.rates import Rate
from quizapp.reports.queries.exam import wanted_people
from quizapp.reports.rules.report import Choice, ExamFacts

STEPS = 24


@dataclass(frozen=True, slots=True)
class Progress:
    """`handed_in` of `expected` people, `working` with an attempt open just now; `curve`: how many had handed in for
    the first time by each moment."""

    expected: int
    handed_in: int
    working: int
    curve: tuple[tuple[datetime, int], ...]

    @property
    def waiting(self) -> int:
        """Neither handed in nor at work."""
        return max(self.expected - self.handed_in - self.working, 0)

    @property
    def rate(self) -> Rate:
        return Rate(self.handed_in, self.expected)


def moments(exam: ExamFacts, now: datetime) -> list[datetime]:
    """Twenty-four equal steps from the opening to now, or to the end; none before it has opened."""
    end = min(now, exam.settles_at or exam.closes_at)
    if end <= exam.opens_at:
        return []
    step: timedelta = (end - exam.opens_at) / STEPS
    return [exam.opens_at + step * number for number in range(STEPS)] + [end]


def progress(session: Session, exam: ExamFacts, scope: Sequence[str], choice: Choice, now: datetime) -> Progress:
    """In one statement, over the people expected whom the reader may see and has chosen; make-ups are left out."""
    wanted = wanted_people(session, exam.id, scope, choice)
    tried = (
        select(Attempt.candidate_id, func.min(Attempt.finished_at).label("first_in"),
               func.count().filter(Attempt.state == "open").label("open"))
        .where(Attempt.exam_id == exam.id, Attempt.state != "void").group_by(Attempt.candidate_id).subquery("tried")
    )
    handed_in = func.coalesce(tried.c.first_in, Result.sat_at, type_=Result.sat_at.type)
    marks = moments(exam, now)
    by_then = [func.count().filter(Result.candidate_id.is_not(None), handed_in <= moment) for moment in marks]
    row = session.execute(
        select(func.count(), func.count(Result.candidate_id),
               func.count().filter(Result.candidate_id.is_(None), tried.c.open > 0), *by_then)
        .select_from(RosterEntry)
        .outerjoin(Result, (Result.exam_id == RosterEntry.exam_id) & (Result.candidate_id == RosterEntry.candidate_id))
        .outerjoin(tried, tried.c.candidate_id == RosterEntry.candidate_id)
        .where(RosterEntry.status == "expected", *wanted)
    ).one()
    return Progress(row[0], row[1], row[2], tuple(zip(marks, row[3:], strict=True)))
