"""Who is added to a roster after publishing, and everybody who was added or taken off."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import allow
from quizapp.db import db
from quizapp.i18n import _, explain
from quizapp.kernel.errors import ConflictError, InputError, QuizappError
from quizapp.kernel.roles import Role
from quizapp.rosters import queries, service
from quizapp.rosters.forms import LateForm
from quizapp.rosters.pages import LatePage
from quizapp.rosters.rules import DESK, MAX_LINES, listed
from quizapp.rosters.service import Problem
from quizapp.rosters.views.blueprint import bp, done, exam_of, me, note, status_of, tried
from quizapp.ui.pages import render


@bp.get("/exams/<int:exam_id>/roster/late")
@allow(Role.EXAM_ADMIN)
def late(exam_id: int) -> Response:
    return _page(exam_id, LateForm(formdata=None))


@bp.post("/exams/<int:exam_id>/roster/late")
@allow(Role.EXAM_ADMIN)
def late_post(exam_id: int) -> Response | BaseResponse:
    """Everybody of the list, or nobody where a line does not fit."""
    exam_of(exam_id)
    form, problems = LateForm(), list[Problem]()

    def act(session: Session, wanted: list[tuple[int, str]]) -> str:
        added, faults = service.add_late(session, exam_id, wanted, form.why.data or "", me(DESK), now=clock.now(), on=clock.today())
        problems.extend(faults)
        if not added:
            return ""
        note(session, "add_to_roster", exam_id, {"logins": [member.login for member in added], "reason": form.why.data}, "exam")
        return _("已补进名单：%(n)s 人，试卷已经备好", n=len(added))

    said, problem = tried(form, _lines, act)
    if said:
        return done(said, url_for("rosters.late", exam_id=exam_id))
    return _page(exam_id, form, problem, problems, status_of(problem))


def _lines(form: LateForm) -> list[tuple[int, str]]:
    found = listed(form.people.data or "")
    if len(found) > MAX_LINES:
        raise InputError("一次最多 %(n)s 人，请分几次", n=MAX_LINES)
    return found


def _page(
    exam_id: int, form: LateForm, problem: QuizappError | None = None, problems: Sequence[Problem] = (), status: int = 200
) -> Response:
    session = db.session()
    session.rollback()
    exam, closed = exam_of(exam_id), ""
    try:
        service.check_may_add(exam, clock.now())
    except ConflictError as error:
        closed = explain(error)
    return render(LatePage(exam, form, explain(problem) if problem else "", problems, queries.changes(session, exam_id),
                           closed, MAX_LINES), status)
