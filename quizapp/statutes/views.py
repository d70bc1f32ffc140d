"""The law library: finding and reading laws for everybody, bringing texts in for administrators."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow, signed_in
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.i18n import N_, _, explain, show_time
from quizapp.jobs import queries as job_queries
from quizapp.jobs import service as jobs
from quizapp.kernel.errors import InputError, NotFoundError
from quizapp.kernel.roles import Role
from quizapp.statutes import presenting, queries, searching
from quizapp.statutes.citing import references
from quizapp.statutes.columns import imported_columns, law_columns
from quizapp.statutes.forms import ACCEPT, ImportForm
from quizapp.statutes.models import Law, LawVersion
from quizapp.statutes.pages import (
    ComparePage,
    ImportedPage,
    ImportTextsPage,
    LawsPage,
    LibraryCounts,
    VersionHead,
)
from quizapp.statutes.rules.numbering import SPECIAL, article_number
from quizapp.statutes.rules.versions import in_force_on
from quizapp.statutes.tasks import IMPORTERS
from quizapp.statutes.uploads import MAX_ENTRIES, MAX_UNPACKED_BYTES, law_uploads
from quizapp.ui.pages import render
from quizapp.ui.tables import build_table, download

bp = Blueprint("statutes", __name__, template_folder="templates")
WORKERS = (Role.EXAM_ADMIN, Role.EDITOR, Role.REVIEWER)  # who sees what cites an article
NAV = [
    {"endpoint": "statutes.laws", "label": N_("法律库"), "section": "laws", "icon": "law", "order": 35,
     "roles": (*WORKERS, Role.SYSTEM_ADMIN)},
]
MOST = 200  # problems that the page about an import lists


# ---------------------------------------------------------------- finding


@bp.get("/laws")
@signed_in
def laws() -> Response:
    session = db.session()
    counts = LibraryCounts(*queries.counts(session))
    typed, old = searching.typed_search(), request.args.get("old") == "1"
    kind, name, text = (request.args.get(key, "")[: searching.LONGEST] for key in ("kind", "name", "text"))
    if typed:
        found = searching.results_of(session, typed, old)
        return render(LawsPage(counts, typed, old, found, [], "", "", "", None, may_import()))
    rows = queries.law_rows(session)
    table = build_table(_("法律库"), _("法律库里的法律"), law_columns(clock.today()),
                        searching.kept_rows(rows, kind, name, text), filterable=False)
    return download(table) or render(
        LawsPage(counts, "", old, None, searching.tabs_of(rows), kind, name, text, table, may_import()))


def may_import() -> bool:
    return actor().has(*IMPORTERS)


# ---------------------------------------------------------------- reading


@bp.get("/laws/<name>")
@signed_in
def law(name: str) -> BaseResponse:
    """The version in force today, or the latest where none is."""
    session = db.session()
    found = law_of(session, name)
    versions = queries.versions_of(session, found.name)
    if not versions:
        raise NotFoundError("法律库里没有“%(law)s”；请核对名称，或者先导入它的文本", law=name)
    shown = in_force_on(versions, clock.today()) or versions[-1]
    return redirect(url_for("statutes.version", name=found.name, version=shown.version), 303)


@bp.get("/laws/<name>/<version>")
@signed_in
def version(name: str, version: str) -> Response | BaseResponse:
    """A version from its first article to its last; `?find=` goes to an article, or searches for words."""
    session = db.session()
    found, versions, shown = version_named(session, name, version)
    head = presenting.head_of(found, versions, shown)
    if request.args.get("find", "").strip():
        return gone_to(request.args["find"], head)
    works = actor().has(*WORKERS, *IMPORTERS)
    return render(presenting.version_page(session, head, versions, works, may_import()))


def version_named(session: Session, name: str, version: str) -> tuple[Law, list[LawVersion], LawVersion]:
    """The law of an address, all its versions, and the one that the address names. Raises NotFoundError."""
    found = law_of(session, name)
    day = day_of(found, version)
    versions = queries.versions_of(session, found.name)
    shown = next((one for one in versions if one.version == day), None)
    return found, versions, shown or queries.version_of(session, found.name, day)


def gone_to(typed: str, head: VersionHead) -> BaseResponse:
    """To the article of this version that was asked for, or to the search for the words within the law."""
    try:
        address = url_for("statutes.version", name=head.law.name, version=head.version.version)
        return redirect(f"{address}#a{article_number(typed)}", 303)
    except InputError:
        old = 1 if head.standing != "in_force" else None
        return redirect(url_for("statutes.laws", q=f"《{head.law.name}》 {typed}", old=old), 303)


@bp.get("/laws/<name>/<version>/<number>")
@signed_in
def article(name: str, version: str, number: str) -> Response | BaseResponse:
    """The permanent address of one article; `?span=a-b` marks these characters of its normal form."""
    session = db.session()
    found, versions, shown = version_named(session, name, version)
    wanted = number_of(number)
    if wanted != number:
        return redirect(url_for("statutes.article", name=found.name, version=shown.version, number=wanted,
                                span=request.args.get("span")), 303)
    row = queries.article_of(session, found.name, shown.version, wanted)
    cited = references(session, found.name, shown.version, row.number) if actor().has(*WORKERS) else None
    head = presenting.head_of(found, versions, shown)
    return render(presenting.article_page(session, head, versions, row, span_of_address(), cited, may_import()))


@bp.get("/laws/<name>/compare")
@signed_in
def compare(name: str) -> Response:
    """Two versions side by side, the older one left: `from`, `to`, the last two unless named; `only=1` hides the unchanged."""
    session = db.session()
    found = law_of(session, name)
    versions = queries.versions_of(session, found.name)
    only = request.args.get("only") == "1"
    if len(versions) < 2:
        return render(ComparePage(found, versions, None, None, True, only, [], []))
    asked = (request.args.get("from"), request.args.get("to"))
    days = sorted(day_of(found, day) if day else usual.version for day, usual in zip(asked, versions[-2:], strict=True))
    before, after = (queries.version_of(session, found.name, day) for day in days)
    return render(presenting.compare_page(session, found, versions, before, after, only))


def law_of(session: Session, name: str) -> Law:
    """The law of an address, by any of its names. Raises NotFoundError."""
    return queries.law_by_name(session, "".join(sign for sign in name if sign.isprintable())[: searching.LONGEST])


def day_of(found: Law, version: str) -> date:
    """The version that an address names. Raises NotFoundError for what is no day."""
    try:
        day = date.fromisoformat(version)
    except ValueError:
        day = None
    if day is None or day.isoformat() != version:
        raise NotFoundError("《%(law)s》没有 %(version)s 的版本", law=found.name, version=version[:40])
    return day


def number_of(number: str) -> str:
    """The article that an address names, in either numeral. Raises NotFoundError for what is no number of one."""
    if number in SPECIAL:
        return number
    try:
        wanted = article_number(number)
    except InputError:
        wanted = ""
    if not wanted or len(wanted) > 7:
        raise NotFoundError("“%(number)s”不是条文的序号，写成 12 或者 133-1 这样", number=number[:40])
    return wanted


def span_of_address() -> tuple[int, int] | None:
    """`span=a-b`; anything else marks nothing."""
    first, _dash, last = request.args.get("span", "").partition("-")
    if not (first.isascii() and first.isdigit() and last.isascii() and last.isdigit() and len(first + last) < 12):
        return None
    return int(first), int(last)


# ---------------------------------------------------------------- bringing texts in


@bp.get("/laws/import")
@allow(*IMPORTERS)
def import_texts() -> Response:
    return import_page(ImportForm(formdata=None))


def import_page(form: ImportForm, problem: str = "", status: int = 200) -> Response:
    return render(ImportTextsPage(form, problem, ACCEPT, MAX_ENTRIES, MAX_UNPACKED_BYTES // 1024 // 1024), status)


@bp.post("/laws/import")
@allow(*IMPORTERS)
def import_texts_post() -> Response | BaseResponse:
    """Keep the files and leave the reading to the worker."""
    form = ImportForm()
    if not form.validate():
        return import_page(form, "", 422)
    try:
        upload_id, names = law_uploads().keep(form.files.data)
    except InputError as error:
        return import_page(form, explain(error), 422)
    address = request.remote_addr or ""
    with db.transaction() as session:
        params = {"upload": str(upload_id), "person": actor().id, "address": address}
        job = jobs.enqueue(session, "statutes.import", params, actor().id)
        audit.record(session, "upload_laws", "job", job.id, actor_id=actor().id, actor=actor().name, address=address,
                     detail={"files": names[:MOST], "total": len(names)})
    jobs.dispatch(job.id)
    return redirect(url_for("jobs.show", job_id=job.id), 303)


@bp.get("/laws/imports/<uuid:job_id>")
@allow(*IMPORTERS)
def imported(job_id: UUID) -> Response | BaseResponse:
    """What an import brought, and what it could not read."""
    job = job_queries.get(db.session(), job_id)
    if job.kind != "statutes.import":
        raise NotFoundError("没有找到这次导入")
    if "report" not in job.result:
        return redirect(url_for("jobs.show", job_id=job.id), 303)
    report, rows = job.result["report"], presenting.imported_versions(job)
    table = build_table(_("导入的版本"), _("这次导入的版本"), imported_columns(), rows)
    return download(table) or render(ImportedPage(
        job.id, show_time(job.finished_at), presenting.import_figures(job), presenting.problem_lines(report["problems"][:MOST]), len(report["problems"]),
        presenting.problem_lines(report["notes"][:MOST]), len(report["notes"]),
        presenting.differing_versions(job), table, bool(rows),
    ))
