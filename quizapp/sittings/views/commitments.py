"""What was committed to before an exam: for everybody, signed in or not."""

from __future__ import annotations

import hashlib

from flask import Response, abort

from quizapp.access import public
from quizapp.audit import queries as audit
from quizapp.audit.models import AuditEvent
from quizapp.audit.queries import Filters
from quizapp.db import db
from quizapp.exams import committing
from quizapp.exams import queries as exams
from quizapp.exams.models import Commitment, Exam
from quizapp.kernel.errors import NotFoundError
from quizapp.sittings.pages.commitments import CommitmentPage, CommitmentsPage, Committed
from quizapp.sittings.views.blueprint import bp
from quizapp.ui.pages import render
from quizapp.ui.tables import as_file


@bp.get("/commitments")
@public
def commitments() -> Response:
    return render(CommitmentsPage([Committed(*line) for line in exams.commitments(db.session())]))


@bp.get("/commitments/<int:exam_id>")
@public
def commitment(exam_id: int) -> Response:
    exam, made = _committed(exam_id)
    if made.opened_at is None:
        return render(CommitmentPage(exam, made, _event(exam_id), "", 0, True))
    content = committing.content(db.session(), exam, made.salt)
    holds = hashlib.sha256(content).hexdigest() == made.digest
    return render(CommitmentPage(exam, made, _event(exam_id), file_name(exam), len(content), holds))


@bp.get("/commitments/<int:exam_id>/content")
@public
def commitment_content(exam_id: int) -> Response:
    """The very bytes that were hashed; as unknown as nothing until they are opened."""
    exam, made = _committed(exam_id)
    if made.opened_at is None:
        abort(404)
    return as_file(committing.content(db.session(), exam, made.salt), file_name(exam), "application/json")


def file_name(exam: Exam) -> str:
    """The same in both languages: it stands in the command that checks it."""
    return f"commitment-{exam.id}.json"


def _committed(exam_id: int) -> tuple[Exam, Commitment]:
    made = exams.commitment(db.session(), exam_id)
    if made is None:
        raise NotFoundError("没有找到这场考试的承诺；草稿、纸质考试和以前的版本发布的考试没有")
    return exams.get(db.session(), exam_id), made


def _event(exam_id: int) -> AuditEvent | None:
    found = audit.page(db.session(), Filters(action=committing.COMMITTED, object_id=str(exam_id)), limit=1)
    return found[0] if found else None
