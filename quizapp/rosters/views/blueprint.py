"""The one blueprint of this feature, and what its routes share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, request
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, require
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam, RosterEntry
from quizapp.i18n import explain
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError, NotFoundError, QuizappError
from quizapp.kernel.rights import Target
from quizapp.rosters import queries, rules, service
from quizapp.rosters.attachments import Attached, checked
from quizapp.rosters.forms import AskForm, WhyForm
from quizapp.rosters.models import ExcuseCase
from quizapp.rosters.queries import CaseRow
from quizapp.rosters.service import Asked, By

bp = Blueprint("rosters", __name__, template_folder="../templates")
Form = TypeVar("Form", bound=FlaskForm)
Wanted = TypeVar("Wanted")
REFUSED = (InputError, ConflictError, ForbiddenError)


def exam_of(exam_id: int) -> Exam:
    """A published exam. Raises NotFoundError."""
    exam = exams.get(db.session(), exam_id)
    if exam is None or exam.state == "draft":
        raise NotFoundError("没有找到这场考试")
    return exam


def entry_of(exam_id: int, candidate_id: int) -> RosterEntry:
    """A line of the roster within reach of whoever asks. Raises NotFoundError, in the same words for both."""
    exam_of(exam_id)
    entry = exams.roster_entry(db.session(), exam_id, candidate_id)
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


def why(form: WhyForm) -> str:
    return form.why.data or ""


def why_closed(session: Session, exam: Exam, entry: RosterEntry) -> str:
    """Why this person cannot be excused or deferred now, in the reader's language; "" where they can."""
    try:
        service.check_may_leave(session, exam, entry, clock.now())
    except ConflictError as error:
        return explain(error)
    return ""


def tried(
    form: Form, read: Callable[[Form], Wanted], act: Callable[[Session, Wanted], str]
) -> tuple[str, QuizappError | None]:
    """What was done, as a sentence; else "" and why not, which is None where the form itself says it.

    `read` takes what is wanted out of the form, attachments and all, before the transaction begins.
    """
    if form.validate():
        try:
            wanted = read(form)
            with db.transaction() as session:
                return act(session, wanted), None
        except REFUSED as error:
            return "", error
    return "", None


def done(sentence: str, address: str) -> BaseResponse:
    flash(sentence, "ok")
    return redirect(address, 303)


def status_of(problem: QuizappError | None) -> int:
    """Of a page with a form again: the refusal's own, or that of a form with faults."""
    return problem.status if problem else 422


def note_asked(session: Session, case: ExcuseCase, wanted: Asked) -> None:
    note(session, "ask_excuse", case.id, {"exam": case.exam_id, "candidate": case.candidate_id, "kind": case.kind,
                                          "after": case.state, "files": len(wanted.files)})


def note(session: Session, action: str, case_id: object, detail: dict[str, Any], kind: str = "excuse") -> None:
    """A step in the audit record. Neither reason nor words: they may speak of an illness, and the record has more
    readers than the application."""
    audit.record(session, action, kind, case_id, actor_id=actor().id, actor=actor().name,
                 address=request.remote_addr or "", detail=detail)
