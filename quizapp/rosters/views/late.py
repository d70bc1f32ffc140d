"""Who is added to a roster after publishing, and everybody who was added or taken off."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
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
from quizapp.rosters.views.blueprint import REFUSED, bp, exam_of, me, note
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
    form, problem, problems = LateForm(), None, list[Problem]()
    if form.validate():
        wanted = listed(form.people.data or "")
        try:
            if len(wanted) > MAX_LINES:
                raise InputError("一次最多 %(n)s 人，请分几次", n=MAX_LINES)
            with db.transaction() as session:
                added, problems = service.add_late(session, exam_id, wanted, form.why.data or "", me(DESK), now=clock.now(),
                                                   on=clock.today())
                if added:
                    note(session, "add_to_roster", exam_id, {"logins": [member.login for member in added],
                                                             "reason": form.why.data}, "exam")
        except REFUSED as error:
            problem = error
        else:
            if added:
                flash(_("已补进名单：%(n)s 人，试卷已经备好", n=len(added)), "ok")
                return redirect(url_for("rosters.late", exam_id=exam_id), 303)
    return _page(exam_id, form, problem, problems, refused=True)


def _page(exam_id: int, form: LateForm, problem: QuizappError | None = None, problems: list[Problem] | None = None, *,
          refused: bool = False) -> Response:
    session = db.session()
    session.rollback()
    exam, closed = exam_of(exam_id), ""
    try:
        service.check_may_add(exam, clock.now())
    except ConflictError as error:
        closed = explain(error)
    return render(LatePage(exam, form, explain(problem) if problem else "", problems or [], queries.changes(session, exam_id),
                           closed, MAX_LINES), (problem.status if problem else 422) if refused else 200)
