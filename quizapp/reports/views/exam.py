"""The year's ledger, the report of an exam, the names behind a figure, and the files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.exams.queries import years as exam_years
from quizapp.i18n import N_, _, language, pick, show_time
from quizapp.jobs import queries as jobs_queries
from quizapp.jobs import service as jobs
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.rates import Rate, show_marks
from quizapp.kernel.roles import REPORT_READERS, Role
from quizapp.people.names import scope_words
from quizapp.plans import queries as plans
from quizapp.reports import export_files, exports, wording
from quizapp.reports.figures import MEASURES
from quizapp.reports.pages import (
    Compared,
    EmptyPage,
    ExamReportPage,
    Indicator,
    LedgerPage,
    MeasureLine,
    NotYetPage,
    PeoplePage,
    Words,
)
from quizapp.reports.queries import exam as queries
from quizapp.reports.queries import year as year_queries
from quizapp.reports.queries.exam import PersonRow
from quizapp.reports.queries.year import YearPerson
from quizapp.reports.rules import charts
from quizapp.reports.rules.ledger import Asked, Ledger, Targets, only_of_sat, points
from quizapp.reports.rules.lines import below_target, lines_of
from quizapp.reports.rules.report import Choice, ExamFacts, ExamReport, Measure, drawn, year_before
from quizapp.reports.rules.tally import Tally
from quizapp.reports.rules.tree import reconciled
from quizapp.reports.views.blueprint import bp, file_of, note
from quizapp.ui.pages import render
from quizapp.ui.tables import MEDIA_TYPES, XLSX, Column, as_file, build_table

# a page of ten thousand lines is read by nobody: of a wide tree it shows the upper levels, and each unit opens the next
MOST_UNITS = 400


@bp.get("/reports")
@allow(*REPORT_READERS)
def index() -> Response | BaseResponse:
    years = exam_years(db.session())
    if not years:
        return render(EmptyPage(actor().has(Role.EXAM_ADMIN)))
    return redirect(url_for("reports.ledger", year=years[0]), 303)


@bp.get("/reports/<int:year>")
@allow(*REPORT_READERS)
def ledger(year: int) -> Response:
    session = db.session()
    asked = Asked.from_address(request.args)
    known = queries.published_exams(session)
    found = year_queries.ledger(session, year, actor().scope, known, asked)
    subjects = {code: pick(*names) for one in year_queries.subjects_asked(session, year).values() for code, names in one.items()}
    ranks, post_types = year_queries.categories(session, year, actor().scope)
    units = year_queries.units(session, actor().scope)
    years = sorted({year, *exam_years(session)}, reverse=True)
    now = clock.now()
    return render(LedgerPage(found, found.total(now), years, indicators(found, now, asked), wording.annual_text(found, now),
                             wording.cell_words(), scope_words(actor().scope), now, actor().has(Role.EXAM_ADMIN),
                             asked, ranks, post_types, units,
                             next((name for id, name in units if str(id) == asked.unit), asked.unit),
                             plans.campaigns(session, year), year_queries.first_sittings(known, year), subjects))


def indicators(ledger: Ledger, now: datetime, filtered: Asked) -> list[Indicator]:
    """Planned beside reached; no verdict on the number of exams where the filter leaves some out. Where the plan names
    no base, the stricter one, 应考, decides, if it can be meant."""
    asked = ledger.targets or Targets(confirmed=False)
    total = ledger.total(now)
    lines = [_count_line(_("线上考试"), asked.online, ledger.held("online", now), ledger.set_up("online")),
             _count_line(_("线下考试"), asked.offline, ledger.held("paper", now), ledger.set_up("paper"))]
    if asked.total is not None and asked.online is None and asked.offline is None:
        held, set_up = ledger.held("online", now) + ledger.held("paper", now), len(ledger.rows)
        lines = [_count_line(_("考试合计"), asked.total, held, set_up)]
    if filtered.leaves_exams_out:
        lines = [replace(line, state="none") for line in lines]
    passes = _rate_line(_("合格率"), _("合格 ÷ 应考"), asked.pass_rate, total.pass_of_expected)
    if only_of_sat(asked.participation, asked.pass_rate):
        passes = _rate_line(_("合格率"), _("合格 ÷ 实考，计划的合格率高于参考率，只能以实考为基数"), asked.pass_rate, total.pass_of_sat)
    return [*lines, _rate_line(_("应考人员参考率"), _("实考 ÷ 应考"), asked.participation, total.participation), passes]


def _count_line(name: str, planned: int | None, held: int, set_up: int) -> Indicator:
    running = _("，另有 %(n)s 次还没有结束", n=set_up - held) if set_up > held else ""
    state = "none" if planned is None else "reached" if held >= planned else "running" if set_up >= planned else "short"
    return Indicator(name, None if planned is None else _("%(n)s 次", n=planned), _("%(n)s 次", n=held) + running,
                     "", None, None, state)


def _rate_line(name: str, base: str, target: Decimal | None, rate: Rate) -> Indicator:
    planned = None if target is None else f"{show_marks(target)}%"
    line = None if target is None else drawn(target)
    return Indicator(name, planned, str(rate), base, rate, line, wording.verdict(rate, target))


# whom the list of a year holds: whether they sat anything, its heading, and what stands below
OF_YEAR = {
    "": (False, N_("还没有参加考试的人员"), N_("%(year)s 年至少有一场应考，一场也没有参加的人。免考和缓考的不在内。")),
    "taken": (True, N_("已经参加考试的人员"), N_("%(year)s 年至少有一场应考，参加过其中一场以上的人，每人一行。")),
    "all": (None, N_("应参加考试的人员"), N_("%(year)s 年至少有一场应考的人，每人一行。免考和缓考的不在内。")),
}


@bp.get("/reports/<int:year>/not-yet")
@allow(*REPORT_READERS)
def not_yet(year: int) -> Response:
    asked, who = Asked.from_address(request.args), request.args.get("who", "")
    if who in set(Measure):
        return _entries(year, asked, Measure(who))
    if who not in OF_YEAR:
        raise NotFoundError("没有这种名单，请从报表里的数字进入")
    sat, title, text = OF_YEAR[who]
    rows = year_queries.people(db.session(), year, actor().scope, asked, sat=sat)
    table = build_table(f"{year} {_(title)}", _(title), _year_columns(_("应参加的考试")), rows)
    return file_of(table, "year", year) or render(NotYetPage(
        year, who, _(title), _(text, year=year), _("没有这样的人。") if sat is not False else
        _("没有这样的人：今年应考的人都至少参加过一场。按场次看未考的人，请回到台账点“未考”的数字。"), asked, table))


def _year_columns(exams: str) -> list[Column[YearPerson]]:
    return [
        Column("name", _("姓名"), lambda r: r.name),
        Column("login", _("工号"), lambda r: r.login),
        Column("unit", _("单位"), lambda r: r.unit),
        Column("exams", exams, lambda r: "；".join(r.exams)),
    ]


def _entries(year: int, asked: Asked, measure: Measure) -> Response:
    """Who stands behind a total of the ledger. It counts entries; the list has a line for each person, and says so."""
    rows = year_queries.entries(db.session(), year, actor().scope, asked, measure, clock.now())
    title = _("%(measure)s人员", measure=_(wording.MEASURE_NAMES[measure]))
    columns = [*_year_columns(_("计入的考试")), Column("entries", _("人次"), lambda r: len(r.exams), kind="number")]
    table = build_table(f"{year} {title}", title, columns, rows)
    text = _("%(year)s 年已经结束的考试，补考并入首考，合计 %(n)s 人次，共 %(people)s 人。台账的合计按人次：同一人在几场里都算的，每场计一次；"
             "这里每人一行，写明是哪几场。", year=year, n=f"{sum(len(row.exams) for row in rows):,}", people=f"{len(rows):,}")
    return file_of(table, "year", year) or render(NotYetPage(year, measure.value, title, text, _("没有这样的人。"), asked, table))


@bp.get("/reports/exams")
@allow(*REPORT_READERS)
def choose() -> BaseResponse:
    """Where the filter form goes: to the report of the exam chosen. Another exam has other units and ranks."""
    values = request.args
    exam_id = values.get("exam", 0, int)
    choice = Choice.from_address(values)
    kept = choice if values.get("from") == str(exam_id) else Choice(with_make_up=choice.with_make_up)
    values_kept: dict[str, Any] = kept.to_address()
    return redirect(url_for("reports.exam_report", exam_id=exam_id, **values_kept), 303)


def _report(exam_id: int, exams: list[ExamFacts], most: int | None = None) -> ExamReport:
    choice = Choice.from_address(request.args)
    return queries.exam_report(db.session(), exam_id, actor().scope, choice, clock.now(), exams, most)


@bp.get("/reports/exams/<int:exam_id>")
@allow(*REPORT_READERS)
def exam_report(exam_id: int) -> Response:
    session = db.session()
    exams = queries.published_exams(session)
    report = _report(exam_id, exams, MOST_UNITS)
    total, exam = report.total, report.exam
    all_units = ",".join(report.choice.units or [str(row.unit_id) for row in report.rows if row.level == 0])
    lines = lines_of(report.rows, all_units)
    low = below_target(lines, exam.participation_target, exam.pass_target)
    only_low = request.args.get("show") == "low"
    kept = "?" + urlencode({"scope": "all"} | report.choice.to_address(unit=""))
    people_base = url_for("reports.people", exam_id=exam_id) + kept
    unit_base = url_for("reports.exam_report", exam_id=exam_id) + kept
    same_year = [one for one in exams if one.year == exam.year]
    before = year_before(exams, exam)
    before_total = None if before is None else queries.total_of(
        session, before, queries.make_ups_of(exams, before.id), actor().scope, report.choice)
    before_base = "" if before is None else url_for("reports.people", exam_id=before.id) + "?" + urlencode(
        {"scope": "all"} | report.choice.to_address())
    return render(ExamReportPage(
        report, exam, total, low if only_low else lines, only_low, sum(
            line.kind != "total" and line.is_low(exam.participation_target, exam.pass_target) for line in lines),
        any(line.kind == "small" for line in lines), reconciled(report.rows),
        charts.funnel(total), charts.histogram(total, exam.lines), same_year, _first_of(exams, exam),
        wording.definitions(exam), scope_words(actor().scope), wording.view_of(report), people_base, unit_base,
        wording.cell_words(), all_units,
        not exam.is_over(clock.now()),
        _compared(total, before_total, plans.targets(session, exam.year)), before, before_total, before_base,
        _said(report, queries.changed_since(session, [exam_id], actor().scope)), _measures(total),
        [line for line in lines if line.kind != "total" and not line.parent],
    ))


def _compared(total: Tally, before: Tally | None, asked: dict[str, Decimal]) -> list[Compared]:
    """Each rate beside the year before and the plan. The plan names no base: see `indicators`."""
    participation, passes = asked.get("participation_target"), asked.get("pass_target")
    of_sat = only_of_sat(participation, passes)
    rows: list[tuple[str, str, tuple[Measure, Measure], Callable[[Tally], Rate], Decimal | None]] = [
        (_("参考率"), _("实考 ÷ 应考"), (Measure.SAT, Measure.EXPECTED), lambda t: t.participation, participation),
        (_("合格率"), _("合格 ÷ 应考"), (Measure.PASSED, Measure.EXPECTED), lambda t: t.pass_of_expected, None if of_sat else passes),
        (_("合格率"), _("合格 ÷ 实考"), (Measure.PASSED, Measure.SAT), lambda t: t.pass_of_sat, passes if of_sat else None),
        (_("优秀率"), _("优秀 ÷ 实考"), (Measure.EXCELLENT, Measure.SAT), lambda t: t.excellence_of_sat, None),
    ]
    return [
        Compared(name, base, lists, of(total), None if before is None else of(before),
                 points(of(total), None if before is None else of(before)), target, wording.verdict(of(total), target))
        for name, base, lists, of, target in rows
    ]


def _said(report: ExamReport, changed: dict[str, int]) -> Words:
    """What the figures do not say by themselves."""
    choice, total = report.choice, report.total
    unknown = []
    if choice.rank and choice.rank not in report.ranks:
        unknown.append(_("这场考试的名单里没有“%(value)s”这个职级", value=choice.rank))
    if choice.post_type and choice.post_type not in report.post_types:
        unknown.append(_("这场考试的名单里没有“%(value)s”这个岗位类别", value=choice.post_type))
    return Words(unknown, changed.get("added", 0), changed.get("removed", 0), [row.name for row in report.closed],
                 bool(total.expected and not total.sat), bool(total.on_roster and not total.expected))


def _measures(total: Tally) -> list[MeasureLine]:
    return [
        MeasureLine(_(one.name), _(one.base) if one.base else "", _(one.formula), _(one.source),
                    wording.value_of(one, total), wording.division_of(one, total))
        for one in MEASURES
    ]


def _first_of(exams: list[ExamFacts], exam: ExamFacts) -> ExamFacts | None:
    return next((one for one in exams if one.id == exam.make_up_of_id), None)


@bp.get("/reports/exams/<int:exam_id>/people")
@allow(*REPORT_READERS)
def people(exam_id: int) -> Response:
    session = db.session()
    exams = queries.published_exams(session)
    exam = queries.find(exams, exam_id)
    choice = Choice.of_names(request.args)
    measure = _measure(request.args.get("measure", Measure.EXPECTED.value))
    rows = queries.people(session, exam_id, actor().scope, choice, measure, exams)
    names = queries.unit_names(session, exam_id, choice)
    title, marks = _(wording.MEASURE_NAMES[measure]), wording.marks_of(choice)
    table = build_table("people", _("%(measure)s人员", measure=title), people_columns(exam), rows)
    answer = file_of(replace(table, name=f"{exam.title} {title} {marks}".strip()), "exam", exam_id)
    measures = [(one.value, _(name)) for one, name in wording.MEASURE_NAMES.items()]
    merged = bool(queries.make_ups_of(exams, exam_id))
    view = (_("含补考") if choice.with_make_up else _("只看首考")) if merged else ""
    return answer or render(PeoplePage(exam, measure.value, title, measures, names, choice, view, marks, table))


def _measure(word: str) -> Measure:
    if word not in set(Measure):
        raise NotFoundError("没有这种名单，请从报表里的数字进入")
    return Measure(word)


TAGS = {Measure.EXCELLENT: "ok", Measure.PASSED: "ok", Measure.FAILED: "warn", Measure.ABSENT: "warn"}


def people_columns(exam: ExamFacts) -> list[Column[PersonRow]]:
    return [
        Column("name", _("姓名"), lambda r: r.name, "short",
               link=lambda r: url_for("reports.person", exam_id=exam.id, candidate_id=r.candidate_id)),
        Column("login", _("工号"), lambda r: r.login, "short"),
        Column("unit", _("单位"), lambda r: r.unit),
        Column("rank", _("职级"), lambda r: r.rank, "short"),
        Column("post_type", _("岗位类别"), lambda r: r.post_type),
        Column("result", _("结果"), lambda r: _(wording.MEASURE_NAMES[wording.standing(r, exam)]), kind="tag",
               tag=lambda r: TAGS.get(wording.standing(r, exam), "")),
        Column("score", _("分数"), _score, kind="number", show=_score_text),
        Column("sat_at", _("参加时间"), lambda r: r.sat_at.timestamp() if r.sat_at else None, kind="time",
               show=lambda r: show_time(r.sat_at)),
        Column("reason", _("免考或缓考原因"), lambda r: r.reason),
    ]


def _score(row: PersonRow) -> float | None:
    return None if row.score is None or row.status != "expected" else row.score / 100


def _score_text(row: PersonRow) -> str:
    return "—" if _score(row) is None else charts.mark_text(row.score or 0)


@bp.get("/reports/exams/<int:exam_id>/export.<any(xlsx, csv, json):kind>")
@allow(*REPORT_READERS)
def export(exam_id: int, kind: str) -> Response | BaseResponse:
    session = db.session()
    exams = queries.published_exams(session)
    report = _report(exam_id, exams)
    if kind == "xlsx" and exports.is_long(report):
        return _as_job(exam_id, report.choice)
    if kind == "xlsx":
        rows = queries.people(session, exam_id, actor().scope, report.choice, exams=exams)
        content = exports.xlsx_bytes(report, rows)
    else:
        content = exports.csv_bytes(report) if kind == "csv" else exports.json_text(report).encode()
    note("export_report", "exam", exam_id, {"format": kind, **report.choice.to_address()})
    return as_file(content, exports.file_name(report, kind), MEDIA_TYPES[kind])


def _as_job(exam_id: int, choice: Choice) -> BaseResponse:
    """Leave the workbook to the worker; the job's page leads to the file."""
    me = actor()
    params = {"kind": "xlsx", "exam": exam_id, "person": me.id, "scope": list(me.scope), "filters": choice.to_address(),
              "language": language()}
    job = jobs_queries.under_way(db.session(), "reports.export", params, me.id)
    if job is None:
        with db.transaction() as session:
            job = jobs.enqueue(session, "reports.export", params, me.id)
            audit.record(session, "export_report", "exam", exam_id, actor_id=me.id, actor=me.name,
                         address=request.remote_addr or "",
                         detail={"format": "xlsx", "job": str(job.id), **choice.to_address()})
        jobs.dispatch(job.id)
    return redirect(url_for("jobs.show", job_id=job.id), 303)


@bp.get("/reports/exports/<uuid:job_id>")
@allow(*REPORT_READERS)
def exported(job_id: UUID) -> Response:
    """The workbook that a job has written, for whoever started it and for nobody else."""
    job = jobs_queries.get(db.session(), job_id, actor().id)
    if job.kind != "reports.export" or job.state != "done":
        raise NotFoundError(export_files.GONE)
    if not all(map(actor().sees, job.params["scope"])):  # whoever has lost a unit since has lost what was written of it
        raise NotFoundError(export_files.GONE)
    content = export_files.read(job.id)
    note("download_names", "exam", job.params["exam"], {"job": str(job.id)})
    return as_file(content, job.result["file_name"], XLSX)
