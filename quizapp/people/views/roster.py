"""Importing a roster: choose a file, see what it would do, confirm."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.db import db
from quizapp.i18n import _, explain
from quizapp.jobs import queries as jobs_queries
from quizapp.jobs import service as jobs
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.people import service
from quizapp.people.pages import ImportPage, Line, TrialPage
from quizapp.people.roster_files import read_rows, template
from quizapp.people.rules.roster import COLUMNS, LONG, MAX_ROWS, Difference, Placed
from quizapp.people.uploads import Shelf, rosters_of
from quizapp.people.views.blueprint import DESK, address, bp, note
from quizapp.ui.pages import render
from quizapp.ui.tables import XLSX, as_file

# lines of a group on the page; the numbers above them are always whole
MOST = 200


def shelf() -> Shelf:
    return rosters_of(actor().id)


@bp.get("/people/import")
@allow(*DESK)
def import_roster() -> Response:
    return render(ImportPage("", COLUMNS, MAX_ROWS))


@bp.get("/people/import/template")
@allow(*DESK)
def roster_template() -> Response:
    return as_file(template(), _("名册模板") + ".xlsx", XLSX)


@bp.post("/people/import")
@allow(*DESK)
def import_roster_post() -> Response | BaseResponse:
    """Keep the file if it can be read as a roster at all; the next page says what it would do."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise InputError("请先选择名册文件")
        content = file.read()
        rows = read_rows(content, Path(file.filename).name)
        service.import_roster(db.session(), rows, clock.today(), dry_run=True)
    except InputError as error:
        return render(ImportPage(explain(error), COLUMNS, MAX_ROWS), 422)
    return redirect(url_for("people.import_trial", upload_id=shelf().keep(content)), 303)


@bp.get("/people/import/<uuid:upload_id>")
@allow(*DESK)
def import_trial(upload_id: UUID) -> Response:
    return _trial(upload_id)


@bp.post("/people/import/<uuid:upload_id>")
@allow(*DESK)
def import_trial_post(upload_id: UUID) -> Response | BaseResponse:
    """Write what the trial showed, in one transaction; refuse if it would be something else by now."""
    rows = read_rows(shelf().read(upload_id), _("名册"))
    if len(rows) - 1 > LONG:
        return _as_job(upload_id, request.form.get("fingerprint", ""))
    try:
        with db.transaction() as session:
            done = service.import_roster(session, rows, clock.today(), shown=request.form.get("fingerprint", ""))
            if not done.problems:
                note(session, "import_roster", "roster", upload_id, done.summary())
    except ConflictError as error:
        return _trial(upload_id, explain(error), error.status)
    if done.problems:
        return _trial(upload_id, status=422)
    shelf().drop(upload_id)
    flash(_("已导入：新增 %(new)s 人，调动 %(moved)s 人，更新 %(changed)s 人", new=len(done.new),
            moved=len(done.moved), changed=len(done.changed)), "ok")
    return redirect(url_for("people.persons"), 303)


def _as_job(upload_id: UUID, fingerprint: str) -> BaseResponse:
    """Leave the writing to the worker, who reads the file again and refuses for the same reasons."""
    params = {"upload": str(upload_id), "person": actor().id, "on": clock.today().isoformat(), "shown": fingerprint,
              "address": address()}
    job = jobs_queries.under_way(db.session(), "people.import", params, actor().id)
    if job is None:
        with db.transaction() as session:
            job = jobs.enqueue(session, "people.import", params, actor().id)
        jobs.dispatch(job.id)
    return redirect(url_for("jobs.show", job_id=job.id), 303)


@bp.post("/people/import/<uuid:upload_id>/drop")
@allow(*DESK)
def drop_import(upload_id: UUID) -> BaseResponse:
    shelf().drop(upload_id)
    flash(_("已放弃，没有写入；上传的文件已经删除"), "info")
    return redirect(url_for("people.import_roster"), 303)


def _trial(upload_id: UUID, problem: str = "", status: int = 200) -> Response:
    rows = read_rows(shelf().read(upload_id), _("名册"))
    found = service.import_roster(db.session(), rows, clock.today(), dry_run=True)
    problems = [(p.row, p.column, _(p.message, **p.values)) for p in found.problems[:MOST]]
    return render(TrialPage(upload_id, found, problems, _lists(found), MOST, found.fingerprint(), problem), status)


def _lists(found: Difference) -> list[tuple[str, int, list[Line]]]:
    inactive = found.inactive
    groups: list[tuple[str, int, Iterable[Line]]] = [
        (_("新增"), len(found.new), (_line(p, p.unit.name) for p in found.new[:MOST])),
        (_("调动"), len(found.moved), (_line(p, _moved(p)) for p in found.moved[:MOST])),
        (_("更新"), len(found.changed), (_line(p, _changed(p)) for p in found.changed[:MOST])),
        (_("已停用的账号"), len(inactive), (_line(p, _("仍然停用，需要时在本人页面恢复")) for p in inactive[:MOST])),
        (_("名册里没有"), len(found.absent),
         (Line(0, k.login, k.name, _("%(unit)s，不作改动", unit=k.unit_name)) for k in found.absent[:MOST])),
    ]
    return [(name, count, list(lines)) for name, count, lines in groups if count]


def _line(row: Placed, text: str) -> Line:
    return Line(row.entry.row, row.entry.login, row.entry.name, text)


def _moved(row: Placed) -> str:
    before = row.known.unit_name if row.known and row.known.unit_name else _("没有单位")
    return _("%(before)s → %(after)s", before=before, after=row.unit.name)


def _changed(row: Placed) -> str:
    known, entry = row.known, row.entry
    if known is None:
        return ""
    pairs = ((known.name, entry.name), (known.rank, entry.rank), (known.post_type, entry.post_type))
    return "；".join(f"{before or '—'} → {after or '—'}" for before, after in pairs if before != after)
