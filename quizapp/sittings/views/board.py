"""The invigilator's board: who is in, at work, silent, done. Liaisons see the people of their units."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, request, url_for

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.approvals import asking
from quizapp.approvals.rules import Kind
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.i18n import _, show_clock, show_time
from quizapp.incoming import whole
from quizapp.kernel.roles import Role
from quizapp.sittings.pages.board import BoardPage, LivePage
from quizapp.sittings.queries import board as queries
from quizapp.sittings.queries.board import Line
from quizapp.sittings.rules.board import AT_WORK, FILTERS, STAGE_NAMES, STAGE_TAGS, count, unit_lines
from quizapp.sittings.views.acting import exam_of
from quizapp.sittings.views.blueprint import bp
from quizapp.ui.pages import render
from quizapp.ui.tables import Column, build_table, download

PART = "Quizapp-Part"  # the header with which the script of the page asks for the part that lives


@bp.get("/exams/<int:exam_id>/board")
@allow(Role.EXAM_ADMIN, Role.LIAISON)
def board(exam_id: int) -> Response:
    exam, now = exam_of(exam_id), clock.now()
    values = _values(exam, now)
    return download(values["table"]) or render(
        LivePage(**values) if request.headers.get(PART) == "live" else BoardPage(**values))


def _values(exam: Exam, now: datetime) -> dict[str, Any]:
    session, sees = db.session(), actor().sees
    lines = queries.lines(session, exam, sees, now)
    known = queries.units(session, exam.id, sees)
    shown, chosen = request.args.get("state", "expected"), request.args.get("unit", None, whole)
    wanted = FILTERS.get(shown, FILTERS["expected"])
    units = unit_lines(known, [(line.person.path, line.stage) for line in lines], chosen)
    unit = units[0] if chosen is not None and units and units[0].unit_id == chosen else None
    inside = next((one.path for one in known if unit and one.unit_id == unit.unit_id), "")
    above = next((one.parent_id for one in known if unit and one.unit_id == unit.unit_id), None)
    in_unit = [line for line in lines if line.person.path.startswith(inside)]
    may_manage = actor().has(Role.EXAM_ADMIN)
    rows = [line for line in in_unit if line.stage in wanted]
    table = build_table(_("监考台"), _("监考台：%(title)s", title=exam.title), board_columns(exam, may_manage), rows)
    return {
        "exam": exam, "at": f"{clock.to_local(now):%H:%M:%S}", "phase": exam.phase(now), "counts": count(line.stage for line in in_unit),
        "unit_lines": units, "table": table, "may_manage": may_manage,
        "working": count(line.stage for line in lines).working,
        "proposed": asking.standing(Kind.EXTEND_EXAM, exam.id) if may_manage else None,
        "shown": shown if shown in FILTERS else "expected", "unit": unit,
        "up": above if above in {one.unit_id for one in known} else None,
    }


def board_columns(exam: Exam, may_manage: bool) -> list[Column[Line]]:
    def address(line: Line) -> str:
        return url_for("sittings.person", exam_id=exam.id, candidate_id=line.person.candidate_id)

    def spoken(line: Line) -> str:
        return _(STAGE_NAMES[line.stage])

    def moment(value: datetime | None) -> str:
        return show_clock(value) if value and _today(value) else show_time(value)

    columns: list[Column[Line]] = [
        Column("name", _("姓名"), lambda r: r.person.name, link=address if may_manage else None),
        Column("login", _("工号"), lambda r: r.person.login, kind="short"),
        Column("unit", _("单位"), lambda r: r.person.unit),
        Column("stage", _("状态"), spoken, kind="tag", tag=lambda r: STAGE_TAGS[r.stage]),
        Column("saved", _("最后保存"), lambda r: r.saved_at, kind="time", show=lambda r: _saved(r, moment)),
        Column("answered", _("已答"), lambda r: r.answered, kind="number"),
        Column("deadline", _("到时"), lambda r: r.deadline_at, kind="time", show=lambda r: moment(r.deadline_at)),
    ]
    if may_manage:
        # what somebody needs is nobody's business but those who grant it
        columns.append(Column("extra", _("加时"), _extra, kind="short"))
    columns.append(Column("notes", _("备注"), lambda r: r.notes, kind="number"))
    return columns


def _today(value: datetime) -> bool:
    return clock.to_local(value).date() == clock.today()


def _saved(line: Line, moment: Any) -> str:
    """To the second for whom it tells something: those at work."""
    if line.saved_at is not None and line.stage in AT_WORK and _today(line.saved_at):
        return f"{clock.to_local(line.saved_at):%H:%M:%S}"
    return str(moment(line.saved_at))


def _extra(line: Line) -> str:
    parts = []
    if line.extra_percent:
        parts.append(f"+{line.extra_percent}%")
    if line.break_minutes:
        parts.append(_("休息 %(n)s 分", n=line.break_minutes))
    if line.given:
        parts.append(_("延时 %(n)s 分", n=line.given))
    return _("，").join(parts)
