"""One person on a roster: how they stand, the unit's application, the administrator's acts."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
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
from quizapp.rosters.views.blueprint import REFUSED, asked, bp, entry_of, exam_of, me, note, why_closed
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
    form, problem = AskForm().offer(queries.reasons(db.session())), None
    if form.validate():
        try:
            wanted = asked(form)
            with db.transaction() as session:
                case = service.register(session, exam_id, candidate_id, wanted, me(DESK), cabinet(), now=clock.now())
                note(session, "change_roster_status", exam_id, {
                    "candidate": candidate_id, "before": EXPECTED, "after": case.kind, "case": case.id,
                    "files": len(wanted.files)}, "exam")
        except REFUSED as error:
            problem = error
        else:
            flash(_("已登记，名单状态已改"), "ok")
            return _back(exam_id, candidate_id)
    return _page(exam_id, candidate_id, form=form, problem=problem, status=422)


@bp.post("/exams/<int:exam_id>/roster/<int:candidate_id>/excuse")
@allow(Role.LIAISON)
def ask_for(exam_id: int, candidate_id: int) -> Response | BaseResponse:
    """The unit applies for one of its people, which is its consent as well."""
    found = entry_of(exam_id, candidate_id)
    if actor().id not in queries.liaisons_of(db.session(), found.path, clock.today()):
        raise NotFoundError(OFF)
    form, problem = AskForm().offer(queries.reasons(db.session())), None
    if form.validate():
        try:
            wanted = asked(form)
            with db.transaction() as session:
                case = service.ask(session, exam_id, candidate_id, wanted, me(UNIT), cabinet(), now=clock.now())
                note(session, "ask_excuse", case.id, {"exam": exam_id, "candidate": candidate_id, "kind": case.kind,
                                                      "after": case.state, "files": len(wanted.files)})
        except REFUSED as error:
            problem = error
        else:
            flash(_("申请已提出，由考试管理员决定"), "ok")
            return _back(exam_id, candidate_id)
    return _page(exam_id, candidate_id, form=form, problem=problem, status=422)


@bp.post("/exams/<int:exam_id>/roster/<int:candidate_id>/restore")
@allow(Role.EXAM_ADMIN)
def restore(exam_id: int, candidate_id: int) -> Response | BaseResponse:
    entry_of(exam_id, candidate_id)
    form, problem = WhyForm(), None
    if form.validate():
        try:
            with db.transaction() as session:
                before = service.restore(session, exam_id, candidate_id, me(DESK), words=form.why.data or "", now=clock.now())
                note(session, "restore_to_roster", exam_id, {"candidate": candidate_id, "before": before, "after": EXPECTED}, "exam")
        except REFUSED as error:
            problem = error
        else:
            flash(_("已恢复应考"), "ok")
            return _back(exam_id, candidate_id)
    return _page(exam_id, candidate_id, why=form, refused=problem, status=422)


@bp.post("/exams/<int:exam_id>/roster/<int:candidate_id>/remove")
@allow(Role.EXAM_ADMIN)
def remove(exam_id: int, candidate_id: int) -> Response | BaseResponse:
    entry_of(exam_id, candidate_id)
    form, problem = WhyForm(), None
    if form.validate():
        try:
            with db.transaction() as session:
                name = service.remove(session, exam_id, candidate_id, form.why.data or "", me(DESK), now=clock.now())
                note(session, "remove_from_roster", exam_id, {"candidate": candidate_id, "reason": form.why.data}, "exam")
        except REFUSED as error:
            problem = error
        else:
            flash(_("已把%(name)s移出名单", name=name), "ok")
            return redirect(url_for("rosters.late", exam_id=exam_id), 303)
    return _page(exam_id, candidate_id, why=form, refused=problem, status=422)


def _back(exam_id: int, candidate_id: int) -> BaseResponse:
    return redirect(url_for("rosters.entry", exam_id=exam_id, candidate_id=candidate_id), 303)


def _page(
    exam_id: int, candidate_id: int, *, form: AskForm | None = None, why: WhyForm | None = None,
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
        form=(form or AskForm(formdata=None)).offer(queries.reasons(session)), why=why or WhyForm(formdata=None),
        problem=explain(problem) if problem else "", refused=explain(refused) if refused else "",
    ), error.status if error else status)
