"""Notes on attempts: a person looks at the facts, hears the candidate, decides and says why. No mark changes."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow, require
from quizapp.attempts import noted
from quizapp.attempts import queries as attempts
from quizapp.attempts import service as attempting
from quizapp.attempts.noted import WithNotes
from quizapp.attempts.queries import NOT_FOUND
from quizapp.attempts.rules.notes import JUDGE
from quizapp.db import db
from quizapp.i18n import _, explain
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from quizapp.kernel.rights import Right, Target, why_not
from quizapp.kernel.roles import Role
from quizapp.sittings.forms.notes import DecisionForm
from quizapp.sittings.pages.notes import Card, NotePage, NotesPage
from quizapp.sittings.views.acting import exam_of, note
from quizapp.sittings.views.blueprint import bp
from quizapp.ui.pages import render


@bp.get("/exams/<int:exam_id>/notes")
@allow(Role.EXAM_ADMIN)
def notes(exam_id: int) -> Response:
    exam = exam_of(exam_id)
    found = [one for one in noted.of_exam(db.session(), exam.id) if actor().sees(one.path)]
    waiting = [one for one in found if not (one.review and one.review.decision)]
    shown = "all" if request.args.get("show") == "all" else "waiting"
    cards = [Card.of(one) for one in (found if shown == "all" else waiting)]
    return render(NotesPage(exam, cards, shown, len(waiting), len(found)))


@bp.get("/exams/<int:exam_id>/notes/<uuid:attempt_id>")
@allow(Role.EXAM_ADMIN)
def notes_of(exam_id: int, attempt_id: UUID) -> Response:
    one = _one(exam_id, attempt_id)
    given = {"decision": one.review.decision, "reason": one.review.reason} if one.review else {}
    return _page(exam_id, one, DecisionForm(formdata=None, data=given))


@bp.post("/exams/<int:exam_id>/notes/<uuid:attempt_id>")
@allow(Role.EXAM_ADMIN)
def notes_of_post(exam_id: int, attempt_id: UUID) -> Response | BaseResponse:
    one, form = _one(exam_id, attempt_id), DecisionForm()
    if not form.validate():
        return _page(exam_id, one, form, status=422)
    try:
        with db.transaction() as session:
            attempt = attempts.own(session, one.candidate_id, attempt_id)
            attempting.decide_notes(session, attempt, form.decision.data, form.reason.data or "", actor().id, now=clock.now())
            note(session, "decide_notes", exam_id, {
                "attempt": str(attempt_id), "candidate": one.candidate_id, "notes": len(one.notes),
                "decision": form.decision.data, "reason": form.reason.data})
    except (InputError, ConflictError, ForbiddenError) as error:
        return _page(exam_id, one, form, explain(error), error.status)
    flash(_("判断已保存，考生可以看到"), "ok")
    return redirect(url_for("sittings.notes", exam_id=exam_id), 303)


def _one(exam_id: int, attempt_id: UUID) -> WithNotes:
    exam = exam_of(exam_id)
    found = noted.of_exam(db.session(), exam.id, attempt_id)
    if not found:
        raise NotFoundError(NOT_FOUND)
    require(Right(hidden=NOT_FOUND), Target(found[0].path))
    return found[0]


def _page(exam_id: int, one: WithNotes, form: DecisionForm, problem: str = "", status: int = 200) -> Response:
    return render(NotePage(exam_of(exam_id), Card.of(one), form, problem, _why_not(one)), status)


def _why_not(one: WithNotes) -> str:
    target = Target(people=[one.candidate_id], state="" if one.finished_at else "open")
    sentence = why_not(actor(), JUDGE, target)
    return _(sentence) if sentence else ""
