"""Filings: the list, one with its versions and their files, a new one, the year's paragraphs, and the check of a paper."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import ALL_UNITS, Actor, actor, allow, public
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.exams.queries import years
from quizapp.filings import checking, printing, queries, service, wording
from quizapp.filings.forms import AgainForm, NewForm, YearForm
from quizapp.filings.models import Filing
from quizapp.filings.pages import FilingPage, FilingsPage, NewPage, SectionField, VerifyPage, YearPage
from quizapp.filings.queries import Listed
from quizapp.filings.rules.content import Content, Section
from quizapp.filings.rules.traces import BLANK, blanks, unknown_figures
from quizapp.i18n import N_, _, explain, show_time
from quizapp.incoming import any_text, whole
from quizapp.jobs import queries as jobs_queries
from quizapp.jobs import service as jobs
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError, QuizappError
from quizapp.kernel.roles import REPORT_READERS, Role
from quizapp.limits import count_lookup
from quizapp.reports import export_files
from quizapp.reports.queries.exam import changed_since, published_exams
from quizapp.ui.pages import render
from quizapp.ui.tables import MEDIA_TYPES, Column, as_file, build_table, download

bp = Blueprint("filings", __name__, template_folder="templates")


def news_count(person: Actor) -> int:
    return queries.news(db.session(), person.id)


NAV = [
    {"endpoint": "filings.filings", "label": N_("上报件"), "section": "filings", "under": "reports", "icon": "plan",
     "roles": REPORT_READERS, "order": 61, "count": news_count},
]


@bp.get("/filings")
@allow(*REPORT_READERS)
def filings() -> Response:
    session, me = db.session(), actor()
    rows = [one for one in queries.listed(session, me.id) if sees(session, one.filing, me.scope)]
    columns: list[Column[Listed]] = [
        Column("number", _("编号"), lambda r: r.filing.number, "short", link=lambda r: url_for("filings.filing", filing_id=r.filing.id)),
        Column("title", _("名称"), lambda r: r.filing.title),
        Column("kind", _("文种"), lambda r: _(wording.KIND_NAMES[r.filing.kind]), "short"),
        Column("version", _("版次"), lambda r: r.version, "number", show=lambda r: _("第 %(n)s 版", n=r.version)),
        Column("at", _("生成时间"), lambda r: r.at.timestamp(), "time", show=lambda r: show_time(r.at)),
    ]
    table = build_table("filings", _("上报件"), columns, rows)
    may_make = me.has(Role.EXAM_ADMIN)
    return download(table) or render(FilingsPage(
        table, [one for one in rows if one.is_news], years(session) if may_make else [], may_make))


def sees(session: Session, filing: Filing, scope: Sequence[str]) -> bool:
    """Whether any part of a filing is this reader's to see."""
    if ALL_UNITS in scope:
        return True
    try:
        printing.viewed(filing, queries.latest(session, filing.id), scope)
    except NotFoundError:
        return False
    return True


# ---------------------------------------------------------------- one filing


@bp.get("/filings/<int:filing_id>")
@allow(*REPORT_READERS)
def filing(filing_id: int) -> Response:
    return filing_page(queries.get(db.session(), filing_id))


def filing_page(found: Filing, form: AgainForm | None = None, problem: QuizappError | None = None) -> Response:
    session, me = db.session(), actor()
    kept = queries.versions(session, found.id)
    views = [printing.viewed(found, version, me.scope) for version in kept]
    checks = queries.checks(session, found.id)
    names = queries.names(session, [*(one.by_id for one in kept), *(one.by_id for one in checks)])
    holder = queries.holder(session, found.id, me.id)
    is_news = holder is not None and holder.known < kept[0].version
    may_make = me.has(Role.EXAM_ADMIN)
    return render(FilingPage(
        found, _(wording.KIND_NAMES[found.kind]), [wording.version_view(view, names) for view in views],
        wording.check_views(checks, names, kept), views[0].whole, views[0].count, is_news, may_make, form or AgainForm(formdata=None),
        explain(problem) if problem else "", changed_since(session, kept[0].content["exams"], me.scope, max([kept[0].at, *(one.at for one in checks)])),
    ), (problem.status if problem else 422) if form else 200)


@bp.post("/filings/<int:filing_id>/known")
@allow(*REPORT_READERS)
def known(filing_id: int) -> BaseResponse:
    """The reader has seen the latest version."""
    with db.transaction() as session:
        found = queries.get(session, filing_id)
        newest = queries.latest(session, found.id)
        printing.viewed(found, newest, actor().scope)
        service.know(session, found.id, actor().id, newest.version)
        note(session, "confirm_filing", found.number, {"version": newest.version})
    return redirect(url_for("filings.filing", filing_id=filing_id), 303)


@bp.post("/filings/<int:filing_id>/again")
@allow(Role.EXAM_ADMIN)
def again(filing_id: int) -> Response | BaseResponse:
    """Count once more: another version where the figures differ, a note where they do not."""
    form, found = AgainForm(), queries.get(db.session(), filing_id)
    if not form.validate():
        return filing_page(found, form)
    try:
        with db.transaction() as session:
            version = service.count_again(session, queries.get(session, filing_id), form.reason.data or "", by=actor().id, now=clock.now())
    except InputError as error:
        return filing_page(found, form, error)
    flash(_("数字有变化，已生成第 %(n)s 版", n=version.version) if version else _("重新算过，数字没有变化，已记下这次核对"), "ok" if version else "info")
    return redirect(url_for("filings.filing", filing_id=filing_id), 303)


@bp.get("/filings/<int:filing_id>/<int:version>.<any(xlsx, docx, pdf, csv, json):kind>")
@allow(*REPORT_READERS)
def file(filing_id: int, version: int, kind: str) -> Response | BaseResponse:
    """A version as a file. `people=1`: the workbook with everybody by name."""
    session, me = db.session(), actor()
    found = queries.get(session, filing_id)
    view = printing.viewed(found, queries.version_of(session, found.id, version), me.scope)
    with_people = request.args.get("people") == "1"
    if printing.is_long(view, kind, with_people):
        return as_job(found, version, kind, with_people)
    address = url_for("filings.verify", _external=True)
    content = printing.make(session, view, kind, address=address, with_people=with_people)
    with db.transaction() as writing:
        service.fetched(writing, found.id, me.id, version)
        note(writing, "download_filing", found.number, {"version": version, "format": kind, "people": with_people, "units": "" if view.whole else list(view.places)})
    return as_file(content, printing.name_of(view, kind), MEDIA_TYPES[kind])


def as_job(found: Filing, version: int, kind: str, with_people: bool) -> BaseResponse:
    """Leave the file to the worker; the job's page leads to the file."""
    me = actor()
    params = {"filing": found.id, "version": version, "kind": kind, "people": with_people, "person": me.id, "address": url_for("filings.verify", _external=True)}
    job = jobs_queries.under_way(db.session(), "filings.write", params, me.id)
    if job is None:
        with db.transaction() as session:
            job = jobs.enqueue(session, "filings.write", params, me.id)
            service.fetched(session, found.id, me.id, version)
            note(session, "download_filing", found.number, {"version": version, "format": kind, "people": with_people, "job": str(job.id)})
        jobs.dispatch(job.id)
    return redirect(url_for("jobs.show", job_id=job.id), 303)


@bp.get("/filings/files/<uuid:job_id>")
@allow(*REPORT_READERS)
def written(job_id: UUID) -> Response:
    """The file that a job has written, for whoever started it and may still see what is in it."""
    job = jobs_queries.get(db.session(), job_id, actor().id)
    if job.kind != "filings.write" or job.state != "done" or not all(map(actor().sees, job.result["scope"])):
        raise NotFoundError(export_files.GONE)
    content = export_files.read(job.id)
    with db.transaction() as session:
        found = queries.get(session, job.params["filing"])
        note(session, "download_filing", found.number, {
            "version": job.params["version"], "format": job.params["kind"], "people": job.params["people"], "job": str(job.id)})
    return as_file(content, job.result["file_name"], MEDIA_TYPES[job.params["kind"]])


# ---------------------------------------------------------------- a new one


@bp.get("/filings/new")
@allow(Role.EXAM_ADMIN)
def new() -> Response:
    form = NewForm(formdata=None, exam=request.args.get("exam", 0, whole), threshold=Decimal(95))
    return new_page(form, "", "")


@bp.post("/filings/new")
@allow(Role.EXAM_ADMIN)
def new_post() -> Response | BaseResponse:
    form = NewForm().offer(over())
    if not form.validate():
        return new_page(form, "", "", 422)
    if not form.exam.data:
        return new_page(form, _("请选择考试"), "", 422)
    make_up, mode, now = form.scope.data == "all", form.mode.data, clock.now()
    if form.kind.data == "notice" and mode == "organisers" and form.threshold.data is None:
        return new_page(form, _("请填写点名的标准"), "", 422)
    try:
        with db.transaction() as session:
            if form.kind.data == "exam":
                made = service.hand_in_exam(session, form.exam.data, make_up, by=actor().id, now=now)
            else:
                made = service.hand_in_notice(session, form.exam.data, make_up, mode, form.threshold.data or Decimal(0), by=actor().id, now=now)
    except (InputError, ConflictError) as error:
        return new_page(form, explain(error), str(error.values.get("number", "")), error.status)
    flash(_("已生成上报件 %(number)s", number=made.number), "ok")
    return redirect(url_for("filings.filing", filing_id=made.id), 303)


def over() -> list[Any]:
    """Exams whose figures no longer change."""
    now = clock.now()
    return [one for one in published_exams(db.session()) if one.is_over(now)]


def new_page(form: NewForm, problem: str, number: str, status: int = 200) -> Response:
    existing = queries.by_its_number(db.session(), number) if number else None
    address = url_for("filings.filing", filing_id=existing.id) if existing else ""
    return render(NewPage(form.offer(over()), problem, address), status)


# ---------------------------------------------------------------- the year's report


@bp.get("/filings/years/<int:year>")
@allow(Role.EXAM_ADMIN)
def year(year: int) -> Response:
    check_year(year)
    content, draft = service.draft_for(db.session(), year, clock.now())
    return year_page(year, content, str(draft.revision) if draft else "", show_time(draft.saved_at) if draft else "")


def check_year(year: int) -> None:
    if year not in years(db.session()):
        raise NotFoundError("这一年没有发布的考试，也没有计划")


def year_page(year: int, content: Content, revision: str, saved: str, form: YearForm | None = None,
              problem: QuizappError | None = None) -> Response:
    existing = queries.by_subject(db.session(), f"year:{year}")
    fields = [
        SectionField(one.key, one.heading, one.text, max(3, len(one.text) // 42 + one.text.count("\n") + 1),
                     unknown_figures(one, content.facts), one.text.count(BLANK))
        for one in content.sections
    ]
    return render(YearPage(
        year, content, fields, blanks(content.sections), saved, revision, form or YearForm(formdata=None),
        explain(problem) if problem else "", existing.number if existing else "", existing.id if existing else None,
    ), problem.status if problem else 200)


@bp.post("/filings/years/<int:year>")
@allow(Role.EXAM_ADMIN)
def year_post(year: int) -> Response | BaseResponse:
    """Keep the draft, hand it in, or write the paragraphs anew: the button says which."""
    check_year(year)
    then, form, now = request.form.get("then"), YearForm(), clock.now()
    revision = request.form.get("revision", "")
    fresh = service.collecting.year(db.session(), year, now).content
    sections = service.edited(fresh.sections, typed(fresh.sections))
    content = service.with_sections(fresh, sections)
    try:
        with db.transaction() as session:
            if then == "anew":
                service.drop_draft(session, year)
                note(session, "save_filing_draft", f"year:{year}", {"year": year, "state": "anew"})
            elif then == "file":
                made = service.hand_in_year(session, year, sections, by=actor().id, now=now, keep_blanks=bool(form.keep_blanks.data))
                service.drop_draft(session, year)
            else:
                service.save_draft(session, year, sections, fresh.facts, revision, by=actor().id, now=now)
                note(session, "save_filing_draft", f"year:{year}", {"year": year, "state": "draft"})
    except (InputError, ConflictError) as error:
        return year_page(year, content, revision, "", form, error)
    if then == "file":
        flash(_("已生成上报件 %(number)s", number=made.number), "ok")
        return redirect(url_for("filings.filing", filing_id=made.id), 303)
    flash(_("已按现在的数字重新写好") if then == "anew" else _("草稿已保存"), "ok")
    return redirect(url_for("filings.year", year=year), 303)


LONGEST = 4_000  # characters of one section


def typed(sections: Sequence[Section]) -> dict[str, str]:
    return {one.key: request.form[f"s-{one.key}"][:LONGEST] for one in sections if f"s-{one.key}" in request.form}


# ---------------------------------------------------------------- the check of a paper


@bp.get("/verify")
@public
@any_text
def verify() -> Response:
    """Whether number, version and code belong together; nothing else is told, to nobody."""
    number, version, code = (request.args.get(name, "").strip()[:80] for name in ("number", "version", "code"))
    answer, superseded = "", False
    if number or code:
        count_lookup()
        session, place = db.session(), int(version) if version.isascii() and version.isdigit() and len(version) < 6 else 0
        holds = checking.agrees(session, number, place, code)
        answer = "yes" if holds else "no"
        superseded = holds and queries.by_number(session, number, place + 1) is not None
    return render(VerifyPage(number, version, code, answer, superseded))


def note(session: Session, action: str, number: str, detail: dict[str, Any]) -> None:
    me = actor()
    audit.record(session, action, "filing", number, actor_id=me.id, actor=me.name, address=request.remote_addr or "", detail=detail)
