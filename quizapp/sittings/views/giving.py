"""Giving time to one person: an extension during the exam, an accommodation for all of it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.approvals import asking
from quizapp.approvals.rules import Kind
from quizapp.approvals.wording import told
from quizapp.attempts.models import Attempt
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.i18n import _, explain, show_time
from quizapp.kernel.errors import ConflictError, InputError, QuizappError
from quizapp.kernel.roles import Role
from quizapp.sittings.forms.giving import AccommodationForm, ExtensionForm, FindForm
from quizapp.sittings.pages.giving import AccommodationsPage, PersonPage, TimeNow
from quizapp.sittings.queries import giving as queries
from quizapp.sittings.queries.giving import Granted
from quizapp.sittings.rules.board import Facts, stage_of
from quizapp.sittings.rules.giving import PERCENT_NAMES, is_mass
from quizapp.sittings.service import giving as service
from quizapp.sittings.views.acting import exam_of, note
from quizapp.sittings.views.blueprint import bp
from quizapp.ui.pages import render
from quizapp.ui.tables import Column, Table, build_table, download

REFUSED = (InputError, ConflictError)


@bp.get("/exams/<int:exam_id>/people/<int:candidate_id>")
@allow(Role.EXAM_ADMIN)
def person(exam_id: int, candidate_id: int) -> Response:
    return _person_page(exam_of(exam_id), candidate_id)


@bp.post("/exams/<int:exam_id>/people/<int:candidate_id>/extension")
@allow(Role.EXAM_ADMIN)
def extend(exam_id: int, candidate_id: int) -> Response | BaseResponse:
    exam, form = exam_of(exam_id), ExtensionForm()
    problem: QuizappError | None = None
    if form.validate():
        try:
            with db.transaction() as session:
                ends = service.extend_one(session, exam_id, candidate_id, form.minutes.data or 0,
                                          form.why.data or "", by=actor().id, now=clock.now(), seen=seen())
                note(session, "extend_attempt", exam_id, {"candidate": candidate_id, "minutes": form.minutes.data,
                                                          "deadline": ends, "reason": form.why.data})
        except service.SecondPersonError:
            problem = _propose(exam_id, candidate_id, form)
            if problem is None:
                return _back(exam_id, candidate_id)
        except REFUSED as error:
            problem = error
        else:
            flash(_("已延长 %(n)s 分钟，%(time)s 到时交卷", n=form.minutes.data, time=show_time(ends)), "ok")
            return _back(exam_id, candidate_id)
    return _person_page(exam, candidate_id, extension_form=form, extension_problem=problem)


def _propose(exam_id: int, candidate_id: int, form: ExtensionForm) -> QuizappError | None:
    """One more after several: a second person agrees. What is wrong with it, or None."""
    params = {"exam": exam_id, "candidate": candidate_id, "minutes": form.minutes.data or 0, "by": actor().id}
    try:
        with db.transaction() as session:
            proposal = asking.put_forward(session, Kind.EXTEND_ATTEMPT, params, form.why.data or "")
    except REFUSED as error:
        return error
    flash(told(proposal), "ok")
    return None


@bp.post("/exams/<int:exam_id>/people/<int:candidate_id>/accommodation")
@allow(Role.EXAM_ADMIN)
def accommodate(exam_id: int, candidate_id: int) -> Response | BaseResponse:
    exam, form, problem = exam_of(exam_id), AccommodationForm(), None
    if form.validate():
        wanted = form.allowance
        try:
            with db.transaction() as session:
                before = service.grant(session, exam_id, candidate_id, wanted, form.reason, by=actor().id,
                                       now=clock.now())
                _on_record(exam_id, candidate_id, before, wanted)
        except REFUSED as error:
            problem = error
        else:
            flash(_("便利措施已登记；正在作答的，时间已经加上"), "ok")
            return _back(exam_id, candidate_id)
    return _person_page(exam, candidate_id, accommodation_form=form, accommodation_problem=problem)


@bp.post("/exams/<int:exam_id>/people/<int:candidate_id>/accommodation/withdraw")
@allow(Role.EXAM_ADMIN)
def withdraw(exam_id: int, candidate_id: int) -> Response | BaseResponse:
    exam = exam_of(exam_id)
    try:
        with db.transaction() as session:
            before = service.withdraw(session, exam_id, candidate_id, by=actor().id, now=clock.now())
            _on_record(exam_id, candidate_id, before, service.NONE)
    except ConflictError as error:
        return _person_page(exam, candidate_id, accommodation_problem=error)
    flash(_("便利措施已取消"), "ok")
    return _back(exam_id, candidate_id)


def _on_record(exam_id: int, candidate_id: int, before: service.Allowance, after: service.Allowance) -> None:
    """With what was given, and not with the reason: the record has more readers than the reason may have."""
    note(db.session(), "change_accommodation", exam_id, {
        "candidate": candidate_id,
        "before": {"extra_percent": before.extra_percent, "break_minutes": before.break_minutes},
        "after": {"extra_percent": after.extra_percent, "break_minutes": after.break_minutes},
    })


def seen() -> datetime | None:
    """The moment that was on the page from which this came. Raises InputError for anything else."""
    typed = request.form.get("seen")
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError("页面已经过时，请刷新以后重试") from None


def _back(exam_id: int, candidate_id: int) -> BaseResponse:
    return redirect(url_for("sittings.person", exam_id=exam_id, candidate_id=candidate_id), 303)


def _person_page(
    exam: Exam, candidate_id: int, *, extension_form: ExtensionForm | None = None,
    accommodation_form: AccommodationForm | None = None, extension_problem: QuizappError | None = None,
    accommodation_problem: QuizappError | None = None,
) -> Response:
    session, now = db.session(), clock.now()
    candidate = queries.candidate(session, exam.id, candidate_id)
    granted = queries.accommodation(session, exam.id, candidate_id)
    attempt = queries.last_attempt(session, exam.id, candidate_id)
    problem = extension_problem or accommodation_problem
    given = queries.given_one_by_one(session, exam.id, actor().id) | {candidate_id}
    refused = extension_form is not None or accommodation_form is not None or problem is not None
    return render(PersonPage(
        exam, candidate, _time(exam, candidate.status, attempt, now) if attempt else None, granted,
        queries.extensions(session, exam.id, candidate_id), extension_form or ExtensionForm(formdata=None),
        accommodation_form or AccommodationForm.of(granted),
        explain(extension_problem) if extension_problem else "",
        explain(accommodation_problem) if accommodation_problem else "",
        candidate_id == actor().id, exam.moment(now) >= exam.settles_at, is_mass(len(given)) and not asking.acts_alone(),
        asking.standing(Kind.EXTEND_ATTEMPT, f"{exam.id}/{candidate_id}"),
    ), (problem.status if problem else 422) if refused else 200)


def _time(exam: Exam, status: str, attempt: Attempt, now: datetime) -> TimeNow:
    time = service.time_of(attempt, exam)
    stage = stage_of(status, Facts(attempt.state, time, now), exam.grace_seconds, now)
    return TimeNow(stage, attempt.number, attempt.started_at, attempt.deadline_at, attempt.finished_at,
                   int(time.working_left(now).total_seconds() // 60), time.break_seconds(now) // 60)


@bp.get("/exams/<int:exam_id>/accommodations")
@allow(Role.EXAM_ADMIN)
def accommodations(exam_id: int) -> Response:
    exam = exam_of(exam_id)
    table = _granted_table(exam)
    return download(table) or _accommodations_page(exam, FindForm(formdata=None))


@bp.post("/exams/<int:exam_id>/accommodations")
@allow(Role.EXAM_ADMIN)
def find(exam_id: int) -> Response | BaseResponse:
    """Whose: the page of that person is where it is granted."""
    exam, form, problem = exam_of(exam_id), FindForm(), ""
    if form.validate():
        login = (form.login.data or "").strip()
        candidate_id = queries.by_login(db.session(), exam_id, login)
        if candidate_id is not None:
            return redirect(url_for("sittings.person", exam_id=exam_id, candidate_id=candidate_id)
                            + "#accommodation", 303)
        problem = _("应考名单里没有工号 %(login)s，请核对工号；新来的人要先进名单", login=login)
    return _accommodations_page(exam, form, problem)


def _granted_table(exam: Exam) -> Table[Granted]:
    def address(row: Granted) -> str:
        return url_for("sittings.person", exam_id=exam.id, candidate_id=row.candidate.id)

    columns: list[Column[Granted]] = [
        Column("name", _("姓名"), lambda r: r.candidate.name, link=address),
        Column("login", _("工号"), lambda r: r.candidate.login, kind="short"),
        Column("unit", _("单位"), lambda r: r.candidate.unit),
        Column("extra", _("作答时间"), lambda r: r.extra_percent, kind="short",
               show=lambda r: _(PERCENT_NAMES[r.extra_percent])),
        Column("breaks", _("休息（分钟）"), lambda r: r.break_minutes, kind="number"),
        Column("reason", _("依据"), lambda r: r.reason),
        Column("by", _("登记人"), lambda r: r.by),
        Column("at", _("登记时间"), lambda r: r.at, kind="time", show=lambda r: show_time(r.at)),
    ]
    rows = queries.accommodations(db.session(), exam.id)
    return build_table(_("便利措施"), _("便利措施：%(title)s", title=exam.title), columns, rows)


def _accommodations_page(exam: Exam, form: FindForm, problem: str = "") -> Response:
    table = _granted_table(exam)
    refused = bool(problem or form.errors)
    return render(AccommodationsPage(exam, table, bool(table.total or table.query), form, problem),
                  422 if refused else 200)
