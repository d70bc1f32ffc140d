"""A candidate applies for themselves, sees how it goes, and takes it back."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, signed_in
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.told import tells
from quizapp.i18n import _, explain
from quizapp.kernel.errors import NotFoundError, QuizappError
from quizapp.kernel.roles import Role
from quizapp.rosters import queries, service
from quizapp.rosters.attachments import cabinet
from quizapp.rosters.forms import AskForm
from quizapp.rosters.pages import OwnPage
from quizapp.rosters.rules import KIND_NAMES, OFF, SELF, STATE_NAMES, State
from quizapp.rosters.service import Asked
from quizapp.rosters.views.blueprint import (
    asked,
    bp,
    done,
    exam_of,
    me,
    note,
    note_asked,
    status_of,
    tried,
    why_closed,
)
from quizapp.ui.pages import render
from quizapp.ui.tables import as_file


@tells
def stands(session: Session, candidate_id: int) -> dict[int, str]:
    """Exam → how the latest application for it stands."""
    return {exam_id: _("%(kind)s：%(state)s", kind=_(KIND_NAMES[kind]), state=_(STATE_NAMES[State(state)]))
            for exam_id, (kind, state) in queries.states_of(session, candidate_id).items()}


@bp.get("/my/exams/<int:exam_id>/excuse")
@signed_in
def own(exam_id: int) -> Response:
    return _page(exam_id, AskForm(formdata=None))


@bp.post("/my/exams/<int:exam_id>/excuse")
@signed_in
def own_post(exam_id: int) -> Response | BaseResponse:
    exam_of(exam_id)
    form = AskForm().offer(queries.reasons(db.session()))

    def act(session: Session, wanted: Asked) -> str:
        note_asked(session, service.ask(session, exam_id, actor().id, wanted, me(SELF), cabinet(), now=clock.now()), wanted)
        return _("申请已提出，先由单位联络员同意，再由考试管理员决定")

    said, problem = tried(form, asked, act)
    return done(said, url_for("rosters.own", exam_id=exam_id)) if said else _page(exam_id, form, problem, status_of(problem))


@bp.post("/excuses/<int:case_id>/withdraw")
@signed_in
def withdraw(case_id: int) -> BaseResponse:
    with db.transaction() as session:
        before = queries.case(session, case_id)
        case = service.withdraw(session, case_id, actor().id, actor().name, now=clock.now())
        note(session, "withdraw_excuse", case_id, {"exam": case.exam_id, "candidate": case.candidate_id,
                                                   "before": before.state, "after": case.state})
    mine = case.candidate_id == actor().id
    return done(_("申请已撤回"), url_for("rosters.own", exam_id=case.exam_id) if mine else url_for("rosters.case", case_id=case_id))


@bp.get("/excuses/files/<uuid:attachment_id>")
@signed_in
def attachment(attachment_id: UUID) -> Response:
    """For the candidate and whoever applied, the unit's liaison and the administrator; each time on record."""
    file, case = queries.attachment(db.session(), attachment_id)
    person = actor()
    desk = person.has(Role.EXAM_ADMIN) or (person.has(Role.LIAISON) and person.sees(case.path))
    if not desk and person.id not in (case.candidate_id, case.asked_by):
        raise NotFoundError("没有找到这个附件")
    content, name, media_type = cabinet().read(file.id, file.digest), file.name, file.media_type
    with db.transaction() as session:
        note(session, "download_excuse_file", case.id, {"exam": case.exam_id, "candidate": case.candidate_id,
                                                        "file": str(attachment_id), "sha256": file.digest})
    return as_file(content, name, media_type)


def _page(exam_id: int, form: AskForm, problem: QuizappError | None = None, status: int = 200) -> Response:
    session, person = db.session(), actor()
    session.rollback()
    exam = exam_of(exam_id)
    entry = exams.roster_entry(session, exam_id, person.id)
    histories = queries.histories(session, exam_id, person.id)
    if entry is None and not histories:
        raise NotFoundError("没有找到这场考试")
    form.offer(queries.reasons(session))
    return render(OwnPage(
        exam, entry.status if entry else "", histories, why_closed(session, exam, entry) if entry else _(OFF), form,
        explain(problem) if problem else "",
    ), status)
