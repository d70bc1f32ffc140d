"""What the routes of a sitting share: the exam that they are about, and the record of an act."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from quizapp.access import actor
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam
from quizapp.kernel.errors import NotFoundError


def exam_of(exam_id: int) -> Exam:
    """A published online exam. Raises NotFoundError."""
    exam = exams.get(db.session(), exam_id)
    if exam.state == "draft" or exam.kind != "online":
        raise NotFoundError("没有找到这场线上考试，或者它还没有发布")
    return exam


def note(session: Session, action: str, exam_id: int, detail: dict[str, Any]) -> None:
    """The act on an exam in the audit record, by whoever is signed in."""
    audit.record(session, action, "exam", exam_id, actor_id=actor().id, actor=actor().name,
                 address=request.remote_addr or "", detail=detail)
