"""Acts on a whole sitting: an extension for everybody, a pause, letting the clocks run on, a later start."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.approvals import asking
from quizapp.approvals.rules import Kind
from quizapp.approvals.wording import told
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam
from quizapp.i18n import _, explain, show_time
from quizapp.kernel.errors import ConflictError
from quizapp.kernel.roles import Role
from quizapp.sittings.forms.giving import ExtensionForm, PostponementForm, ReasonForm
from quizapp.sittings.pages.giving import ExtensionPage, PausePage, PostponementPage
from quizapp.sittings.queries import giving as queries
from quizapp.sittings.rules.giving import is_mass, needs_second_look
from quizapp.sittings.service import giving, holding
from quizapp.sittings.views.acting import exam_of, note
from quizapp.sittings.views.blueprint import bp
from quizapp.sittings.views.giving import REFUSED, seen
from quizapp.ui.pages import render


@bp.get("/exams/<int:exam_id>/extension")
@allow(Role.EXAM_ADMIN)
def extension(exam_id: int) -> Response:
    return _extension_page(exam_of(exam_id), ExtensionForm(formdata=None))


@bp.post("/exams/<int:exam_id>/extension")
@allow(Role.EXAM_ADMIN)
def extension_post(exam_id: int) -> Response | BaseResponse:
    """A long one, or a second one, is shown with its numbers and counts when it comes again."""
    exam, form = exam_of(exam_id), ExtensionForm()
    if not form.validate():
        return _extension_page(exam, form, status=422)
    minutes = form.minutes.data or 0
    if not request.form.get("sure") and needs_second_look(minutes, queries.for_everybody(db.session(), exam_id)):
        return _extension_page(exam, form, sure=True)
    try:
        with db.transaction() as session:
            moved = giving.extend_all(session, exam_id, minutes, form.why.data or "", by=actor().id, now=clock.now(),
                                      seen=seen())
            ends = exams.get(session, exam_id).closes_at
            note(session, "extend_exam", exam_id, {"minutes": minutes, "working": moved, "closes_at": ends,
                                                   "reason": form.why.data})
    except giving.SecondPersonError:
        return _propose(exam_id, form, minutes)
    except REFUSED as error:
        return _extension_page(exams.get(db.session(), exam_id), form, explain(error), status=error.status)
    flash(_("全场已延时 %(n)s 分钟，正在作答的 %(people)s 人都已加上；考试 %(time)s 结束", n=minutes, people=moved,
            time=show_time(ends)), "ok")
    return _to_board(exam_id)


def _propose(exam_id: int, form: ExtensionForm, minutes: int) -> Response | BaseResponse:
    """It touches many: a second person agrees on the board."""
    try:
        with db.transaction() as session:
            proposal = asking.put_forward(session, Kind.EXTEND_EXAM, {"exam": exam_id, "minutes": minutes}, form.why.data or "")
    except REFUSED as error:
        return _extension_page(exams.get(db.session(), exam_id), form, explain(error), status=error.status)
    flash(told(proposal), "ok")
    return _to_board(exam_id)


def _extension_page(
    exam: Exam, form: ExtensionForm, problem: str = "", *, sure: bool = False, status: int = 200
) -> Response:
    session = db.session()
    before = [given for given in queries.extensions(session, exam.id) if not given.candidate]
    new_end = exam.closes_at + timedelta(minutes=form.minutes.data or 0) if sure else None
    working, waiting = queries.working(session, exam.id), queries.not_begun(session, exam.id)
    second = is_mass(working + waiting) and not asking.acts_alone()
    return render(ExtensionPage(exam, form, problem, working, waiting, before, sure, new_end, second,
                                asking.standing(Kind.EXTEND_EXAM, exam.id)), status)


@bp.get("/exams/<int:exam_id>/pause")
@allow(Role.EXAM_ADMIN)
def pause(exam_id: int) -> Response:
    return _pause_page(exam_of(exam_id), ReasonForm(formdata=None))


@bp.post("/exams/<int:exam_id>/pause")
@allow(Role.EXAM_ADMIN)
def pause_post(exam_id: int) -> Response | BaseResponse:
    exam, form = exam_of(exam_id), ReasonForm()
    if not form.validate():
        return _pause_page(exam, form, status=422)
    try:
        with db.transaction() as session:
            paused = holding.pause(session, exam_id, now=clock.now())
            note(session, "pause_exam", exam_id, {"paused_at": paused.paused_at, "reason": form.why.data})
    except ConflictError as error:
        return _pause_page(exam, form, explain(error), error.status)
    flash(_("考试已暂停，所有人的计时都已停"), "ok")
    return _to_board(exam_id)


@bp.post("/exams/<int:exam_id>/resume")
@allow(Role.EXAM_ADMIN)
def resume(exam_id: int) -> Response | BaseResponse:
    exam = exam_of(exam_id)
    try:
        with db.transaction() as session:
            done = holding.resume(session, exam_id, now=clock.now())
            note(session, "resume_exam", exam_id, {"paused_seconds": int(done.length.total_seconds()),
                                                   "working": done.moved, "closes_at": done.closes_at})
    except ConflictError as error:
        return _pause_page(exam, ReasonForm(formdata=None), explain(error), error.status)
    flash(_("考试已恢复，暂停的时间已补给正在作答的 %(people)s 人；考试 %(time)s 结束", people=done.moved,
            time=show_time(done.closes_at)), "ok")
    return _to_board(exam_id)


def _pause_page(exam: Exam, form: ReasonForm, problem: str = "", status: int = 200) -> Response:
    paused_for = clock.now() - exam.paused_at if exam.paused_at else timedelta(0)
    return render(PausePage(exam, form, problem, queries.working(db.session(), exam.id), queries.not_begun(db.session(), exam.id),
                            int(paused_for.total_seconds() // 60)), status)


@bp.get("/exams/<int:exam_id>/postponement")
@allow(Role.EXAM_ADMIN)
def postponement(exam_id: int) -> Response:
    return _postponement_page(exam_of(exam_id), PostponementForm(formdata=None))


@bp.post("/exams/<int:exam_id>/postponement")
@allow(Role.EXAM_ADMIN)
def postponement_post(exam_id: int) -> Response | BaseResponse:
    exam, form = exam_of(exam_id), PostponementForm()
    if not form.validate():
        return _postponement_page(exam, form, status=422)
    try:
        with db.transaction() as session:
            moved = holding.postpone(session, exam_id, form.minutes.data or 0, now=clock.now(), seen=seen())
            note(session, "postpone_exam", exam_id, {"minutes": form.minutes.data, "opens_at": moved.opens_at,
                                                     "closes_at": moved.closes_at, "reason": form.why.data})
    except REFUSED as error:
        return _postponement_page(exam, form, explain(error), error.status)
    flash(_("已推迟 %(n)s 分钟，%(time)s 开始", n=form.minutes.data, time=show_time(moved.opens_at)), "ok")
    return _to_board(exam_id)


def _postponement_page(exam: Exam, form: PostponementForm, problem: str = "", status: int = 200) -> Response:
    expected = exams.roster_counts(db.session(), exam.id)["expected"]
    return render(PostponementPage(exam, form, problem, expected), status)


def _to_board(exam_id: int) -> BaseResponse:
    return redirect(url_for("sittings.board", exam_id=exam_id), 303)
