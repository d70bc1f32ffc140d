"""Reading what a sheet of results is checked against."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.attempts.models import Attempt
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam, Result
from quizapp.paper_exams.rules import Candidate
from quizapp.papers import queries as papers
from quizapp.papers.rules.blueprint import total_marks

USUAL_TOTAL = Decimal(100)


def candidates(session: Session, exam_id: int) -> list[Candidate]:
    """The roster in its order, each with the result on paper so far."""
    results = {
        row[0]: row[1] for row in session.execute(
            select(Result.candidate_id, Result.score).where(Result.exam_id == exam_id, Result.source == "paper")
        )
    }
    online = set(session.scalars(select(Attempt.candidate_id).where(Attempt.exam_id == exam_id).distinct()))
    return [
        Candidate(row.candidate_id, row.login, row.name, row.unit, row.status, results.get(row.candidate_id),
                  row.candidate_id in online)
        for row in exams.roster(session, exam_id)
    ]


def total_of(session: Session, exam: Exam) -> Decimal:
    """Full marks: those of the blueprint where there is one, otherwise 100."""
    cells = papers.cells(session, exam.blueprint_id) if exam.blueprint_id else []
    return total_marks(cells) if cells else USUAL_TOTAL
