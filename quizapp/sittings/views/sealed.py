"""Sealed files of an exam: taking them in, deciding on them."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.attempts import quarantine
from quizapp.attempts import queries as attempts
from quizapp.attempts.rules.sealed import MAX_BYTES, read_contents
from quizapp.attempts.sealing import sealing_key
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam
from quizapp.i18n import _, explain
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError, QuizappError
from quizapp.kernel.roles import Role
from quizapp.papers import queries as papers
from quizapp.sittings.forms.sealed import RefusalForm, UploadForm
from quizapp.sittings.pages.sealed import SealedFilePage, SealedFilesPage, rows_of
from quizapp.sittings.service import sealed as service
from quizapp.sittings.service.sealed import Decider
from quizapp.sittings.views.blueprint import bp
from quizapp.ui.pages import render


@bp.get("/exams/<int:exam_id>/sealed-files")
@allow(Role.EXAM_ADMIN)
def sealed_files(exam_id: int) -> Response:
    return _list_page(_exam_of(exam_id), UploadForm(formdata=None))


@bp.post("/exams/<int:exam_id>/sealed-files")
@allow(Role.EXAM_ADMIN)
def sealed_files_post(exam_id: int) -> Response | BaseResponse:
    exam, form = _exam_of(exam_id), UploadForm()
    if not form.validate():
        return _list_page(exam, form, "", 422)
    raw = form.file.data.read(MAX_BYTES + 1)
    try:
        with db.transaction() as session:
            found = service.upload(session, sealing_key(), raw, exam.id, _by(), now=clock.now()).id
    except (InputError, ConflictError) as error:
        return _list_page(exam, form, explain(error), error.status)
    flash(_("已收下这份文件，还没有计入成绩：由两位考试管理员同意后才采纳"), "ok")
    return redirect(url_for("sittings.sealed_file", exam_id=exam.id, file_id=found), 303)


@bp.get("/exams/<int:exam_id>/sealed-files/<uuid:file_id>")
@allow(Role.EXAM_ADMIN)
def sealed_file(exam_id: int, file_id: UUID) -> Response:
    return _file_page(exam_id, file_id, RefusalForm(formdata=None))


@bp.post("/exams/<int:exam_id>/sealed-files/<uuid:file_id>/approve")
@allow(Role.EXAM_ADMIN)
def approve_sealed_file(exam_id: int, file_id: UUID) -> Response | BaseResponse:
    try:
        with db.transaction() as session:
            done = service.approve(session, exam_id, file_id, _by(), now=clock.now())
    except NotFoundError:
        raise
    except QuizappError as error:
        return _file_page(exam_id, file_id, RefusalForm(formdata=None), explain(error), error.status)
    if done is None:
        flash(_("已记下你的同意，还要另一位考试管理员同意"), "ok")
    elif done.open:
        flash(_("已采纳 %(count)s 题，作答继续", count=len(done.numbers)), "ok")
    else:
        flash(_("已采纳 %(count)s 题，成绩和回执已重新计算", count=len(done.numbers)), "ok")
    return redirect(url_for("sittings.sealed_file", exam_id=exam_id, file_id=file_id), 303)


@bp.post("/exams/<int:exam_id>/sealed-files/<uuid:file_id>/refuse")
@allow(Role.EXAM_ADMIN)
def refuse_sealed_file(exam_id: int, file_id: UUID) -> Response | BaseResponse:
    form = RefusalForm()
    if not form.validate():
        return _file_page(exam_id, file_id, form, "", 422)
    try:
        with db.transaction() as session:
            service.refuse(session, exam_id, file_id, form.reason.data or "", _by(), now=clock.now())
    except NotFoundError:
        raise
    except QuizappError as error:
        return _file_page(exam_id, file_id, form, explain(error), error.status)
    flash(_("已退回，考生在回执页面可以看到原因"), "ok")
    return redirect(url_for("sittings.sealed_files", exam_id=exam_id), 303)


def _exam_of(exam_id: int) -> Exam:
    exam = exams.get(db.session(), exam_id)
    if exam.kind != "online" or exam.state == "draft":
        raise ConflictError("只有发布过的线上考试才有封存的作答文件")
    return exam


def _by() -> Decider:
    return Decider(actor().id, actor().name, request.remote_addr or "")


def _list_page(exam: Exam, form: UploadForm, problem: str = "", status: int = 200) -> Response:
    return render(SealedFilesPage(exam, quarantine.filed(db.session(), exam.id), form, problem), status)


def _file_page(exam_id: int, file_id: UUID, form: RefusalForm, problem: str = "", status: int = 200) -> Response:
    session, exam = db.session(), _exam_of(exam_id)
    session.rollback()  # a refused act leaves nothing behind, and the page shows what is there
    found = quarantine.filed(session, exam.id, file_id)
    if not found:
        raise NotFoundError(quarantine.NOT_FOUND)
    file = found[0].file
    attempt = attempts.own(session, file.candidate_id, file.attempt_id)
    changes = quarantine.compared(session, attempt, file.content)
    own = file.candidate_id == actor().id
    return render(SealedFilePage(
        exam, found[0], file, attempt, read_contents(file.content),
        quarantine.last_heard(session, file.candidate_id, file.attempt_id),
        rows_of(changes, papers.questions_with_content(session, attempt.form_id)),
        quarantine.unknown(changes, file.content), form, problem, _why_not(file.state, file.first_by, own), own,
        len(attempt.layout),
    ), status)


def _why_not(state: str, first_by: int | None, own: bool) -> str:
    """Why this person cannot approve now, or empty."""
    if state in service.DECIDED:
        return _(service.DECIDED[state])
    if own:
        return _("这是你自己的作答，由别的考试管理员决定。")
    if first_by == actor().id:
        return _("你已经同意，还要另一位考试管理员同意。")
    return ""
