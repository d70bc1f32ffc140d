"""The one blueprint of this feature, and what its routes share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.access import actor, require
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam, RosterEntry
from quizapp.i18n import explain
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from quizapp.kernel.rights import Target
from quizapp.rosters import queries, rules, service
from quizapp.rosters.attachments import Attached, checked
from quizapp.rosters.forms import AskForm
from quizapp.rosters.queries import LARGEST, CaseRow
from quizapp.rosters.service import Asked, By

bp = Blueprint("rosters", __name__, template_folder="../templates")
REFUSED = (InputError, ConflictError, ForbiddenError)


def exam_of(exam_id: int) -> Exam:
    """A published exam. Raises NotFoundError."""
    exam = exams.get(db.session(), exam_id) if exam_id < LARGEST else None
    if exam is None or exam.state == "draft":
        raise NotFoundError("没有找到这场考试")
    return exam


def entry_of(exam_id: int, candidate_id: int) -> RosterEntry:
    """A line of the roster within reach of whoever asks. Raises NotFoundError, in the same words for both."""
    exam_of(exam_id)
    entry = exams.roster_entry(db.session(), exam_id, candidate_id) if candidate_id < LARGEST else None
    if entry is None:
        raise NotFoundError(rules.OFF)
    require(rules.ENTRY, Target(entry.path))
    return entry


def case_of(case_id: int) -> CaseRow:
    """An application within reach of whoever asks. Raises NotFoundError."""
    found = queries.case(db.session(), case_id)
    require(rules.CASE, Target(found.path))
    return found


def me(capacity: str) -> By:
    return By(actor().id, actor().name, capacity)


def attached(form: Any) -> list[Attached]:
    return checked(form.files.data or ())


def asked(form: AskForm) -> Asked:
    return Asked(form.reason.data or 0, form.note.data or "", attached(form))


def why_closed(session: Session, exam: Exam, entry: RosterEntry) -> str:
    """Why this person cannot be excused or deferred now, in the reader's language; "" where they can."""
    try:
        service.check_may_leave(session, exam, entry, clock.now())
    except ConflictError as error:
        return explain(error)
    return ""


def note(session: Session, action: str, case_id: object, detail: dict[str, Any], kind: str = "excuse") -> None:
    """A step in the audit record. Neither reason nor words: they may speak of an illness, and the record has more
    readers than the application."""
    audit.record(session, action, kind, case_id, actor_id=actor().id, actor=actor().name,
                 address=request.remote_addr or "", detail=detail)
