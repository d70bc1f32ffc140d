"""Attempts that are over, written as they stand when they were marked."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.attempts.models import Answer, Attempt, Result
from quizapp.exams.models import Exam
from quizapp.kernel.ids import new_id
from quizapp.papers.models import Form


def make_finished(
    session: Session, exam: Exam, candidate_id: int, scores: Mapping[int, Decimal | int | None], *, form: Form | None = None,
    number: int = 1, counts: bool = True, **changes: Any,
) -> Attempt:
    """An attempt that was handed in, with the marks of its answers by position; what is not named was left empty."""
    form = form or session.scalars(select(Form).where(Form.blueprint_id == exam.blueprint_id).order_by(Form.number)).first()
    assert form is not None
    values: dict[str, Any] = {
        "candidate_id": candidate_id, "id": new_id(), "exam_id": exam.id, "number": number, "form_id": form.id, "layout": [],
        "state": "submitted", "started_at": exam.opens_at, "deadline_at": exam.closes_at, "finished_at": exam.opens_at,
        "score": sum((Decimal(score) for score in scores.values() if score is not None), Decimal(0)),
    }
    attempt = Attempt(**(values | changes))
    session.add(attempt)
    session.flush()
    session.add_all(
        Answer(candidate_id=candidate_id, attempt_id=attempt.id, position=position, seq=1, response=["A"],
               saved_at=exam.opens_at, score=None if score is None else Decimal(score))
        for position, score in scores.items()
    )
    if counts:
        session.add(Result(candidate_id=candidate_id, exam_id=exam.id, source="online", attempt_id=attempt.id,
                           score=attempt.score, sat_at=exam.opens_at))
    session.flush()
    return attempt
