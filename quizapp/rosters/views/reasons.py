"""The list of reasons: added to and retired from, never rewritten."""

from __future__ import annotations

from flask import Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import allow
from quizapp.db import db
from quizapp.i18n import _, explain
from quizapp.kernel.errors import QuizappError
from quizapp.kernel.roles import Role
from quizapp.rosters import queries, service
from quizapp.rosters.forms import NewReasonForm
from quizapp.rosters.pages import ReasonsPage
from quizapp.rosters.views.blueprint import bp, done, note, status_of, tried
from quizapp.ui.pages import render


@bp.get("/excuses/reasons")
@allow(Role.EXAM_ADMIN)
def reasons() -> Response:
    return _page(NewReasonForm(formdata=None))


@bp.post("/excuses/reasons")
@allow(Role.EXAM_ADMIN)
def add_reason() -> Response | BaseResponse:
    form = NewReasonForm()

    def act(session: Session, name: str) -> str:
        made = service.add_reason(session, form.kind.data, name)
        note(session, "add_excuse_reason", made.id, {"kind": made.kind, "name": made.name}, "excuse_reason")
        return _("已加入理由列表")

    said, problem = tried(form, lambda typed: typed.name.data or "", act)
    return done(said, url_for("rosters.reasons")) if said else _page(form, problem, status_of(problem))


@bp.post("/excuses/reasons/<int:reason_id>")
@allow(Role.EXAM_ADMIN)
def change_reason(reason_id: int) -> BaseResponse:
    """Retire, or choose from it again."""
    retired = request.form.get("then") != "reinstate"
    with db.transaction() as session:
        made = service.retire_reason(session, reason_id, retired=retired, now=clock.now())
        note(session, "retire_excuse_reason" if retired else "reinstate_excuse_reason", made.id,
             {"kind": made.kind, "name": made.name}, "excuse_reason")
    return done(_("已停用，以前的申请不受影响") if retired else _("已恢复"), url_for("rosters.reasons"))


def _page(form: NewReasonForm, problem: QuizappError | None = None, status: int = 200) -> Response:
    db.session().rollback()
    return render(ReasonsPage(queries.reasons(db.session(), retired=True), form, explain(problem) if problem else ""), status)
