"""Results of an exam on paper: template, trial, confirmation."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam
from quizapp.i18n import _, explain
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError
from quizapp.kernel.roles import Role
from quizapp.paper_exams import queries, service
from quizapp.paper_exams import verification as verification  # registers with `audit verify`
from quizapp.paper_exams.forms import UploadForm
from quizapp.paper_exams.pages import ProblemView, TrialPage, UploadPage
from quizapp.paper_exams.rules import Problem, Trial
from quizapp.paper_exams.sheets import read_rows
from quizapp.paper_exams.sheets import template as template_of
from quizapp.people.uploads import Shelf
from quizapp.ui.pages import render
from quizapp.ui.tables import XLSX, as_file

bp = Blueprint("paper_exams", __name__, template_folder="templates")
SHOWN = 200


def exam_of(exam_id: int) -> Exam:
    return exams.get(db.session(), exam_id)


def shelf(exam: Exam) -> Shelf:
    """Sheets between trial and confirmation: of this exam and this person alone."""
    folder = current_app.config["SETTINGS"].instance_path / "uploads" / "paper-results" / str(exam.id)
    return Shelf(folder, actor().id)


@bp.get("/exams/<int:exam_id>/paper-results")
@allow(Role.EXAM_ADMIN)
def upload(exam_id: int) -> Response:
    return upload_page(exam_of(exam_id), UploadForm(formdata=None))


def upload_page(exam: Exam, form: UploadForm, problem: str = "", status: int = 200) -> Response:
    session = db.session()
    closed = ""
    try:
        service.check_open(exam, clock.now())
    except ConflictError as error:
        closed = explain(error)
    people = [one for one in queries.candidates(session, exam.id) if one.status == "expected"]
    registered = sum(one.score is not None for one in people)
    total = queries.total_of(session, exam)
    return render(UploadPage(exam, form, problem, closed, len(people), registered, total), status)


@bp.get("/exams/<int:exam_id>/paper-results/template")
@allow(Role.EXAM_ADMIN)
def template(exam_id: int) -> Response:
    """The roster as a workbook to fill in. Names leave the house, so it is on record."""
    exam = exam_of(exam_id)
    if exam.kind != "paper" or exam.state == "draft":
        raise ConflictError("发布过的纸质考试才有成绩模板")
    content = template_of(queries.candidates(db.session(), exam.id))
    with db.transaction() as session:
        note(session, "download_result_template", exam, {})
    return as_file(content, f"{exam.title} {_('成绩表')}.xlsx", XLSX)


@bp.post("/exams/<int:exam_id>/paper-results")
@allow(Role.EXAM_ADMIN)
def upload_post(exam_id: int) -> Response:
    exam = exam_of(exam_id)
    service.check_open(exam, clock.now())
    form = UploadForm()
    if not form.validate():
        return upload_page(exam, form, "", 422)
    name, content = form.file.data.filename or "", form.file.data.read()
    try:
        trial = service.trial(db.session(), exam, read_rows(content, name))
    except InputError as error:
        return upload_page(exam, form, explain(error), 422)
    kept = str(shelf(exam).keep(content)) if trial.writes and not trial.problems else ""
    return trial_page(exam, name, trial, kept)


def trial_page(exam: Exam, name: str, trial: Trial, kept: str) -> Response:
    problems = [
        ProblemView(one.row, _(one.column), one.cell, sentence(one)) for one in trial.problems[:SHOWN]
    ]
    writes = trial.writes
    return render(
        TrialPage(exam, name, trial, problems, len(trial.problems), writes[:SHOWN], max(0, len(writes) - SHOWN),
                  trial.unlisted, kept),
        422 if trial.problems else 200,
    )


def sentence(problem: Problem) -> str:
    return _(problem.message, **problem.values)


@bp.post("/exams/<int:exam_id>/paper-results/<uuid:upload_id>")
@allow(Role.EXAM_ADMIN)
def confirm(exam_id: int, upload_id: UUID) -> Response | BaseResponse:
    """Write the sheet that was tried, whole or not at all."""
    exam = exam_of(exam_id)
    try:
        content = shelf(exam).read(upload_id)
    except NotFoundError as error:
        raise NotFoundError("上传的成绩表已经清除或者已经写入，请看现在的成绩，需要时重新上传") from error
    file_name = request.form.get("file", "")[:200]
    try:
        with db.transaction() as session:
            exam = exams.get(session, exam_id)
            changes = service.import_results(session, exam, read_rows(content, file_name), now=clock.now())
            note(session, "import_paper_results", exam, {"file": file_name, "changes": changes, "sat_at": exam.opens_at})
    except InputError as error:
        return upload_page(exam_of(exam_id), UploadForm(formdata=None), explain(error), 422)
    shelf(exam).drop(upload_id)
    flash(_("已写入 %(n)s 人的成绩，报表已按新成绩计算", n=len(changes)), "ok")
    return redirect(url_for("paper_exams.upload", exam_id=exam_id), 303)


def note(session: Session, action: str, exam: Exam, detail: dict[str, object]) -> None:
    audit.record(session, action, "exam", exam.id, actor_id=actor().id, actor=actor().name,
                 address=request.remote_addr or "", detail=detail)
