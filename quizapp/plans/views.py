"""Plans: reading a report in, deciding on its facts, the plan in short."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.approvals import asking
from quizapp.approvals.asking import WhyForm
from quizapp.approvals.rules import Kind
from quizapp.approvals.wording import told
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.i18n import N_, _, explain
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError
from quizapp.kernel.roles import Role
from quizapp.plans import approving as approving  # registers what takes two persons
from quizapp.plans import presenting, queries, service
from quizapp.plans.forms import ACCEPT, AdoptForm, UploadForm, added_of, decisions_of, typed_of
from quizapp.plans.intake import take
from quizapp.plans.models import Plan, SourceReport
from quizapp.plans.pages import AdoptPage, PlanLine, PlansPage
from quizapp.ui.pages import render

bp = Blueprint("plans", __name__, template_folder="templates")
NAV = [
    {"endpoint": "plans.plans", "label": N_("计划"), "section": "plans", "icon": "plan", "order": 20,
     "roles": (Role.EXAM_ADMIN,)},
]


@bp.get("/plans")
@allow(Role.EXAM_ADMIN)
def plans() -> Response:
    return plans_page(UploadForm(formdata=None))


def plans_page(form: UploadForm, problem: str = "", status: int = 200) -> Response:
    lines = [PlanLine(*row) for row in queries.plans(db.session())]
    offer = bool(current_app.config["DEMO"] and demo_report())
    return render(PlansPage(lines, form, ACCEPT, problem, offer), status)


def demo_report() -> Path | None:
    """The report of the demonstration, where there is one."""
    path: Path | None = current_app.config.get("DEMO_REPORT")
    return path if path is not None and path.is_file() else None


@bp.post("/plans")
@allow(Role.EXAM_ADMIN)
def upload() -> Response | BaseResponse:
    form = UploadForm()
    if not form.validate():
        return plans_page(form, "", 422)
    file = form.file.data
    try:
        return read_in(file.filename or "", file.read())
    except InputError as error:
        return plans_page(form, explain(error), 422)


@bp.post("/plans/demo-report")
@allow(Role.EXAM_ADMIN)
def read_demo_report() -> BaseResponse:
    path = demo_report()
    if path is None or not current_app.config["DEMO"]:
        raise NotFoundError("这里没有演示报告")
    return read_in(path.name, path.read_bytes())


def read_in(name: str, data: bytes) -> BaseResponse:
    """Keep the report; go to its plan, or to the question that it leaves open."""
    intake = take(name, data, presenting.bank_path())
    with db.transaction() as session:
        report = service.keep_report(session, intake, person_id=actor().id, now=clock.now())
        plan = queries.plan_of_report(session, report.id)
        if plan is not None:
            flash(_("这份报告已经读入过，这是它的计划"), "info")
            return redirect(page_of(plan), 303)
        note(session, "read_report", "report", report.id, {"file": report.file_name, "sha256": report.sha256})
        year, agency = report.reading["year"], report.reading["agency"]
        if not year or not agency or queries.plan_of_year(session, year) is not None:
            return redirect(url_for("plans.adopt", report_id=report.id), 303)
        plan = service.draft(session, report, year, agency[:120], now=clock.now())
        note(session, "draft_plan", "plan", plan.id, {"year": year, "agency": agency, "report": report.id})
    return redirect(page_of(plan), 303)


def page_of(plan: Plan) -> str:
    return url_for("plans.overview" if plan.state == "confirmed" else "plans.plan", plan_id=plan.id)


@bp.get("/plans/reports/<int:report_id>")
@allow(Role.EXAM_ADMIN)
def adopt(report_id: int) -> Response | BaseResponse:
    session = db.session()
    report = queries.report(session, report_id)
    plan = queries.plan_of_report(session, report.id)
    if plan is not None:
        return redirect(page_of(plan), 303)
    form = AdoptForm(formdata=None, data={"year": report.reading["year"], "agency": report.reading["agency"]})
    return adopt_page(report, form)


def adopt_page(report: SourceReport, form: AdoptForm, status: int = 200, asked: Plan | None = None) -> Response:
    session = db.session()
    year = form.year.data
    existing = asked or (queries.plan_of_year(session, year) if year and 2000 <= year <= 2100 else None)
    file = queries.report(session, existing.report_id).file_name if existing and existing.report_id else ""
    problem = _("%(year)s 年已经有计划，请先决定怎样处理", year=year) if status == 422 and existing and not form.errors else ""
    return render(AdoptPage(report, form, problem, existing, file), status)


@bp.post("/plans/reports/<int:report_id>")
@allow(Role.EXAM_ADMIN)
def adopt_post(report_id: int) -> Response | BaseResponse:
    """A draft from a report. A plan that the year has is replaced only when the form names it (`replace`)."""
    form = AdoptForm()
    report = queries.report(db.session(), report_id)
    if not form.validate():
        return adopt_page(report, form, 422)
    with db.transaction() as session:
        report = queries.report(session, report_id)
        existing = queries.plan_of_year(session, form.year.data)
        if existing is not None and request.form.get("replace") != str(existing.id):
            return adopt_page(report, form, 422, existing)
        if existing is None:
            plan = service.draft(session, report, form.year.data, form.agency.data, now=clock.now())
            note(session, "draft_plan", "plan", plan.id, {"year": plan.year, "report": report.id})
        else:
            before = {"agency": existing.agency, "state": existing.state, "report": existing.report_id}
            plan = service.replace(session, existing, report, form.agency.data)
            note(session, "replace_plan", "plan", plan.id, {"before": before, "after": {
                "agency": plan.agency, "state": plan.state, "report": report.id}})
    return redirect(url_for("plans.plan", plan_id=plan.id), 303)


@bp.get("/plans/<int:plan_id>")
@allow(Role.EXAM_ADMIN)
def plan(plan_id: int) -> Response:
    session = db.session()
    return render(presenting.plan_page(session, queries.get(session, plan_id)))


@bp.post("/plans/<int:plan_id>")
@allow(Role.EXAM_ADMIN)
def plan_post(plan_id: int) -> Response | BaseResponse:
    """Save the decisions, and as the button says also let the literal facts stand or confirm the plan.

    Where the plan cannot be confirmed yet, the decisions are saved all the same.
    """
    then = request.form.get("then", "")
    try:
        with db.transaction() as session:
            plan = queries.get(session, plan_id)
            changes = service.decide(session, plan, decisions_of(request.form), added_of(request.form),
                                     presenting.subject_names())
            if then == "literal":
                changes["literal"] = service.keep_literal(session, plan)
            if changes:
                note(session, "review_plan", "plan", plan.id, changes)
    except service.DecisionError as error:
        session = db.session()
        page = presenting.plan_page(session, queries.get(session, plan_id), typed_of(request.form), error.faults,
                                    explain(error))
        return render(page, 422)
    return confirmed(plan_id) if then == "confirm" else saved(plan_id, len(changes))


def saved(plan_id: int, changes: int) -> BaseResponse:
    flash(_("决定已保存") if changes else _("没有改动"), "ok" if changes else "info")
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


def confirmed(plan_id: int) -> Response | BaseResponse:
    try:
        with db.transaction() as session:
            plan = queries.get(session, plan_id)
            service.confirm(session, plan, person_id=actor().id, now=clock.now())
            note(session, "confirm_plan", "plan", plan.id, {"year": plan.year, "agency": plan.agency})
    except InputError as error:
        session = db.session()
        page = presenting.plan_page(session, queries.get(session, plan_id), None, None, explain(error))
        return render(page, 422)
    flash(_("%(year)s 年的计划已确认。接下来按下面三步做", year=plan.year), "ok")
    return redirect(url_for("plans.overview", plan_id=plan_id), 303)


@bp.post("/plans/<int:plan_id>/undo")
@allow(Role.EXAM_ADMIN)
def undo(plan_id: int) -> BaseResponse:
    with db.transaction() as session:
        plan = queries.get(session, plan_id)
        number = service.undo(session, plan)
        note(session, "undo_plan_review", "plan", plan.id, {"facts": number})
    flash(_("%(n)s 项已改回未定", n=number), "ok")
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


@bp.post("/plans/<int:plan_id>/reopen")
@allow(Role.EXAM_ADMIN)
def reopen(plan_id: int) -> BaseResponse:
    with db.transaction() as session:
        plan = service.reopen(session, queries.get(session, plan_id))
        note(session, "reopen_plan", "plan", plan.id, {"year": plan.year})
    flash(_("计划已重新打开。改好以后请再次确认，确认以前报表不按它比对"), "ok")
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


@bp.post("/plans/<int:plan_id>/delete")
@allow(Role.EXAM_ADMIN)
def delete(plan_id: int) -> Response | BaseResponse:
    """Put it before a second person; the act itself is in `approving`."""
    found, form = queries.get(db.session(), plan_id), WhyForm()
    if not form.validate():
        return render(presenting.plan_page(db.session(), found, deletion=form), 422)
    try:
        with db.transaction() as session:
            proposal = asking.put_forward(session, Kind.DELETE_PLAN, {"plan": plan_id}, form.why.data or "")
    except (InputError, ConflictError) as error:
        page = presenting.plan_page(db.session(), queries.get(db.session(), plan_id), deletion=form,
                                    deletion_problem=explain(error))
        return render(page, error.status)
    flash(told(proposal), "ok")
    return redirect(url_for("plans.plans") if proposal.alone else url_for("plans.plan", plan_id=plan_id), 303)


@bp.get("/plans/<int:plan_id>/overview")
@allow(Role.EXAM_ADMIN)
def overview(plan_id: int) -> Response | BaseResponse:
    session = db.session()
    plan = queries.get(session, plan_id)
    if plan.state != "confirmed":
        return redirect(url_for("plans.plan", plan_id=plan_id), 303)
    return render(presenting.overview_page(session, plan))


def note(session: Session, action: str, object_type: str, object_id: int, detail: dict[str, Any]) -> None:
    """The act in the audit record, by whoever is signed in."""
    audit.record(session, action, object_type, object_id, actor_id=actor().id, actor=actor().name,
                 address=request.remote_addr or "", detail=detail)
