"""One person on a roster: how they stand, the unit's application, the administrator's acts."""

from __future__ import annotations

from flask import Response, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.i18n import _, explain
from quizapp.kernel.errors import NotFoundError, QuizappError
from quizapp.kernel.roles import Role
from quizapp.rosters import queries, service
from quizapp.rosters.attachments import cabinet
from quizapp.rosters.forms import AskForm, WhyForm
from quizapp.rosters.pages import EntryPage
from quizapp.rosters.rules import DESK, EXPECTED, OFF, UNIT
from quizapp.rosters.service import Asked
from quizapp.rosters.views.blueprint import (
    asked,
    bp,
    done,
    entry_of,
    exam_of,
    me,
    note,
    note_asked,
    tried,
    why,
    why_closed,
)
from quizapp.ui.pages import render


@bp.get("/exams/<int:exam_id>/roster/<int:candidate_id>")
@allow(Role.EXAM_ADMIN, Role.LIAISON)
def entry(exam_id: int, candidate_id: int) -> Response:
    return _page(exam_id, candidate_id)


@bp.post("/exams/<int:exam_id>/roster/<int:candidate_id>")
@allow(Role.EXAM_ADMIN)
def register(exam_id: int, candidate_id: int) -> Response | BaseResponse:
    """What came on paper with the unit's stamp: in force at once."""
    entry_of(exam_id, candidate_id)
    form = AskForm().offer(queries.reasons(db.session()))

    def act(session: Session, wanted: Asked) -> str:
        case = service.register(session, exam_id, candidate_id, wanted, me(DESK), cabinet(), now=clock.now())
        note(session, "change_roster_status", exam_id, {
            "candidate": candidate_id, "before": EXPECTED, "after": case.kind, "case": case.id, "files": len(wanted.files)}, "exam")
        return _("已登记，名单状态已改")

    said, problem = tried(form, asked, act)
    return done(said, _address(exam_id, candidate_id)) if said else _page(exam_id, candidate_id, form=form, problem=problem, status=422)


@bp.post("/exams/<int:exam_id>/roster/<int:candidate_id>/excuse")
@allow(Role.LIAISON)
def ask_for(exam_id: int, candidate_id: int) -> Response | BaseResponse:
    """The unit applies for one of its people, which is its consent as well."""
    found = entry_of(exam_id, candidate_id)
    if actor().id not in queries.liaisons_of(db.session(), found.path, clock.today()):
        raise NotFoundError(OFF)
    form = AskForm().offer(queries.reasons(db.session()))

    def act(session: Session, wanted: Asked) -> str:
        note_asked(session, service.ask(session, exam_id, candidate_id, wanted, me(UNIT), cabinet(), now=clock.now()), wanted)
        return _("申请已提出，由考试管理员决定")

    said, problem = tried(form, asked, act)
    return done(said, _address(exam_id, candidate_id)) if said else _page(exam_id, candidate_id, form=form, problem=problem, status=422)


@bp.post("/exams/<int:exam_id>/roster/<int:candidate_id>/restore")
@allow(Role.EXAM_ADMIN)
def restore(exam_id: int, candidate_id: int) -> Response | BaseResponse:
    entry_of(exam_id, candidate_id)
    form = WhyForm()

    def act(session: Session, words: str) -> str:
        before = service.restore(session, exam_id, candidate_id, me(DESK), words=words, now=clock.now())
        note(session, "restore_to_roster", exam_id, {"candidate": candidate_id, "before": before, "after": EXPECTED}, "exam")
        return _("已恢复应考")

    said, problem = tried(form, why, act)
    return done(said, _address(exam_id, candidate_id)) if said else _page(exam_id, candidate_id, reason=form, refused=problem, status=422)


@bp.post("/exams/<int:exam_id>/roster/<int:candidate_id>/remove")
@allow(Role.EXAM_ADMIN)
def remove(exam_id: int, candidate_id: int) -> Response | BaseResponse:
    entry_of(exam_id, candidate_id)
    form = WhyForm()

    def act(session: Session, words: str) -> str:
        name = service.remove(session, exam_id, candidate_id, words, me(DESK), now=clock.now())
        note(session, "remove_from_roster", exam_id, {"candidate": candidate_id, "reason": words}, "exam")
        return _("已把%(name)s移出名单", name=name)

    said, problem = tried(form, why, act)
    if said:
        return done(said, url_for("rosters.late", exam_id=exam_id))
    return _page(exam_id, candidate_id, reason=form, refused=problem, status=422)


def _address(exam_id: int, candidate_id: int) -> str:
    return url_for("rosters.entry", exam_id=exam_id, candidate_id=candidate_id)


def _page(
    exam_id: int, candidate_id: int, *, form: AskForm | None = None, reason: WhyForm | None = None,
    problem: QuizappError | None = None, refused: QuizappError | None = None, status: int = 200,
) -> Response:
    session, person = db.session(), actor()
    session.rollback()
    exam, found = exam_of(exam_id), entry_of(exam_id, candidate_id)
    row = exams.roster_row(session, exam_id, candidate_id)
    own, desk = person.id == candidate_id, person.has(Role.EXAM_ADMIN)
    speaks = person.has(Role.LIAISON) and person.id in queries.liaisons_of(session, found.path, clock.today())
    frozen = queries.results_are_out(session, exam, clock.now())
    error = problem or refused
    return render(EntryPage(
        exam, row, queries.histories(session, exam_id, candidate_id), why_closed(session, exam, found), own,
        may_ask=speaks and not desk and not own, may_manage=desk, may_restore=desk and not own and not frozen and found.status != EXPECTED,
        may_remove=desk and not own and not frozen and not queries.has_any_trace(session, exam_id, candidate_id),
        form=(form or AskForm(formdata=None)).offer(queries.reasons(session)), why=reason or WhyForm(formdata=None),
        problem=explain(problem) if problem else "", refused=explain(refused) if refused else "",
    ), error.status if error else status)
