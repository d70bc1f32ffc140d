"""Importing a roster: choose a file, say which column is what, see what it would do, confirm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from quizapp.people import queries, service
from quizapp.people.names import COLUMNS as NAMES
from quizapp.people.pages import Choice, ColumnsPage, ImportPage, Line, TrialPage
from quizapp.people.roster_files import read_rows, template
from quizapp.people.rules.headings import COLUMNS, REQUIRED, Head, check_choice, find_head, lessons, letter
from quizapp.people.rules.roster import EVERYBODY, LONG, MAX_ROWS, Difference, Known, Leaving, Placed
from quizapp.people.uploads import Shelf, rosters_of
from quizapp.people.views.blueprint import DESK, address, bp, note
from quizapp.ui.pages import render
from quizapp.ui.tables import XLSX, Column, Table, as_file, xlsx_bytes

# lines of a group on the page; the numbers above them are always whole
MOST = 200
NONE = -1


def shelf() -> Shelf:
    return rosters_of(actor().id)


def _rows(upload_id: UUID) -> list[list[str]]:
    return read_rows(shelf().read(upload_id), _("名册"))


def _head(rows: Sequence[Sequence[str]]) -> Head:
    return find_head(rows, queries.headings(db.session()))


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
    """Keep the file if it can be read as a table at all; the next page says what it would do, or asks for columns."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise InputError("请先选择名册文件")
        content = file.read()
        rows = read_rows(content, Path(file.filename).name)
        head = _head(rows)
        if head.missing and len(head.choosable) < len(REQUIRED) + 1:
            raise InputError("表头缺少：%(columns)s。请下载模板，按模板的表头填写", columns="、".join(head.missing))
        if not head.missing:
            service.read_roster(rows, head)
    except InputError as error:
        return render(ImportPage(explain(error), COLUMNS, MAX_ROWS), 422)
    page = "people.import_columns" if head.missing else "people.import_trial"
    return redirect(url_for(page, upload_id=shelf().keep(content)), 303)


@bp.get("/people/import/<uuid:upload_id>/columns")
@allow(*DESK)
def import_columns(upload_id: UUID) -> Response:
    rows = _rows(upload_id)
    head = _head(rows)
    return _columns_page(upload_id, rows, head, {name: head.where.get(name) for name in COLUMNS})


@bp.post("/people/import/<uuid:upload_id>/columns")
@allow(*DESK)
def import_columns_post(upload_id: UUID) -> Response | BaseResponse:
    """What the columns are, remembered for the next file with the same headings."""
    rows = _rows(upload_id)
    head = _head(rows)
    asked = {name: request.form.get(f"column-{number}", NONE, int) for number, name in enumerate(COLUMNS)}
    chosen = {name: None if index == NONE else index for name, index in asked.items()}
    try:
        made = check_choice(head, chosen)
        service.read_roster(rows, made)
    except InputError as error:
        return _columns_page(upload_id, rows, head, chosen, explain(error), 422)
    with db.transaction() as session:
        service.remember_headings(session, lessons(made), actor().id)
        note(session, "choose_columns", "roster", upload_id, {name: made.texts[at] for name, at in made.where.items()})
    return redirect(url_for("people.import_trial", upload_id=upload_id), 303)


def _columns_page(
    upload_id: UUID, rows: Sequence[Sequence[str]], head: Head, chosen: dict[str, int | None], problem: str = "",
    status: int = 200,
) -> Response:
    choices = [
        Choice(_(NAMES[name]), name in REQUIRED, NONE if (at := chosen[name]) is None else at, name in head.doubtful)
        for name in COLUMNS
    ]
    headings = [(index, _heading(rows, head, index)) for index in head.choosable]
    return render(ColumnsPage(upload_id, choices, headings, problem), status)


def _heading(rows: Sequence[Sequence[str]], head: Head, index: int) -> str:
    """`D 部门（如：办公室）`: the place, the heading and the first cell below it."""
    below = (row[index].strip() for row in rows[head.row:head.row + MOST] if index < len(row))
    sample = next((cell for cell in below if cell), "")
    words = f"{letter(index)} {head.texts[index].strip()}"
    return _("%(column)s（如：%(sample)s）", column=words, sample=sample[:20]) if sample else words


@bp.get("/people/import/<uuid:upload_id>")
@allow(*DESK)
def import_trial(upload_id: UUID) -> Response | BaseResponse:
    return _trial(upload_id)


@bp.post("/people/import/<uuid:upload_id>")
@allow(*DESK)
def import_trial_post(upload_id: UUID) -> Response | BaseResponse:
    """Write what the trial showed, in one transaction; refuse if it would be something else by now."""
    rows, shown, leaving = _rows(upload_id), request.form.get("fingerprint", ""), _leaving()
    if len(rows) - 1 > LONG:
        return _as_job(upload_id, shown, leaving)
    try:
        with db.transaction() as session:
            done = service.import_roster(session, rows, clock.today(), shown=shown, leaving=leaving, by=actor().id)
            left = done.leavers(leaving, actor().id)
            if not done.problems:
                note(session, "import_roster", "roster", upload_id, done.summary(left))
    except ConflictError as error:
        return _trial(upload_id, explain(error), error.status)
    if done.problems:
        return _trial(upload_id, status=422)
    shelf().drop(upload_id)
    flash(_("已导入：新增 %(new)s 人，调动 %(moved)s 人，更新 %(changed)s 人，离开 %(left)s 人", new=len(done.new),
            moved=len(done.moved), changed=len(done.changed), left=len(left)), "ok")
    return redirect(url_for("people.persons"), 303)


def _leaving() -> Leaving:
    """Whom the person ticked among those whom the file does not name."""
    return EVERYBODY if request.form.get("leave_everybody") else sorted(set(request.form.getlist("leave", int)))


def _as_job(upload_id: UUID, fingerprint: str, leaving: Leaving) -> BaseResponse:
    """Leave the writing to the worker, who reads the file again and refuses for the same reasons."""
    params = {"upload": str(upload_id), "person": actor().id, "on": clock.today().isoformat(), "shown": fingerprint,
              "leaving": leaving, "address": address()}
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


@bp.get("/people/import/<uuid:upload_id>/problems")
@allow(*DESK)
def import_problems(upload_id: UUID) -> Response:
    """Every problem of the file as a workbook: the page lists the first ones only."""
    rows = _rows(upload_id)
    head = _head(rows)
    found = service.import_roster(db.session(), rows, clock.today(), head=head, dry_run=True)
    told = [(p.row, _shown(head, p.column), _(p.message, **p.values)) for p in found.problems]
    columns: list[Column[tuple[int, str, str]]] = [
        Column("row", _("行"), lambda t: t[0]), Column("column", _("列"), lambda t: t[1]),
        Column("problem", _("问题"), lambda t: t[2]),
    ]
    name = _("需要改正的地方")
    return as_file(xlsx_bytes(Table(name, name, columns, told, len(told), "", False, "", 1, 1)), f"{name}.xlsx", XLSX)


def _trial(upload_id: UUID, problem: str = "", status: int = 200) -> Response | BaseResponse:
    rows = _rows(upload_id)
    head = _head(rows)
    if head.missing:
        return redirect(url_for("people.import_columns", upload_id=upload_id), 303)
    found = service.import_roster(db.session(), rows, clock.today(), head=head, dry_run=True)
    problems = [(p.row, _shown(head, p.column), _(p.message, **p.values)) for p in found.problems[:MOST]]
    columns = [_shown(head, name) for name in COLUMNS if name in head.where]
    leaving = _leaving()
    return render(TrialPage(
        upload_id, found, columns, problems, _lists(found), MOST, found.fingerprint(),
        [] if leaving == EVERYBODY else list(leaving), leaving == EVERYBODY, problem,
    ), status)


def _shown(head: Head, column: str) -> str:
    """As `Head.shown`, in the reader's language."""
    place = head.place(column)
    if place is None:
        return _(NAMES[column])
    if place[1]:
        return _("%(column)s（%(letter)s 列“%(heading)s”）", column=_(NAMES[column]), letter=place[0], heading=place[1])
    return _("%(column)s（%(letter)s 列）", column=_(NAMES[column]), letter=place[0])


def _lists(found: Difference) -> list[tuple[str, int, list[Line]]]:
    inactive = found.inactive
    groups: list[tuple[str, int, Iterable[Line]]] = [
        (_("新增"), len(found.new), (_line(p, "；".join([p.unit.name, *_joined(p)])) for p in found.new[:MOST])),
        (_("调动"), len(found.moved), (_line(p, _moved(p)) for p in found.moved[:MOST])),
        (_("更新"), len(found.changed), (_line(p, _changed(p)) for p in found.changed[:MOST])),
        (_("已停用的账号"), len(inactive), (_line(p, _("仍然停用，需要时在本人页面恢复")) for p in inactive[:MOST])),
        (_("名册里没有"), len(found.absent), (_absent(known) for known in found.absent[:MOST])),
    ]
    return [(name, count, list(lines)) for name, count, lines in groups if count]


def _absent(known: Known) -> Line:
    """Whoever imports cannot send themselves away."""
    me = known.person_id == actor().id
    text = _("%(unit)s（你自己，不能在这里登记离开）", unit=known.unit_name) if me else known.unit_name
    return Line(0, known.login, known.name, text, 0 if me else known.person_id)


def _line(row: Placed, text: str) -> Line:
    return Line(row.entry.row, row.entry.login, row.entry.name, text)


def _moved(row: Placed) -> str:
    if row.known is None or not row.known.unit_name:
        words = _("重新任职 → %(after)s", after=row.unit.name)
    else:
        words = _("%(before)s → %(after)s", before=row.known.unit_name, after=row.unit.name)
    return "；".join([words, *_joined(row)])


def _changed(row: Placed) -> str:
    known, entry = row.known, row.entry
    if known is None:
        return ""
    pairs = ((known.name, entry.name), (known.rank, entry.rank), (known.post_type, entry.post_type))
    return "；".join([*(f"{before or '—'} → {after or '—'}" for before, after in pairs if before != after), *_joined(row)])


def _joined(row: Placed) -> list[str]:
    """The Party branch, where it becomes another."""
    if row.branch is None or not row.changes_branch:
        return []
    before = row.known.branch_name if row.known is not None else ""
    return [_("党支部：%(before)s → %(after)s", before=before or "—", after=row.branch.name)]

