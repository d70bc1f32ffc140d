"""Columns of the tables about exams."""

from __future__ import annotations

from datetime import datetime

from flask import url_for

from quizapp.exams.models import Exam
from quizapp.exams.queries import RosterRow
from quizapp.exams.rules import KIND_NAMES, PHASE_NAMES, PHASE_TAGS, STATUS_NAMES, Phase
from quizapp.i18n import _, show_time
from quizapp.ui.tables import Column

STATUS_TAGS = {"expected": "", "excused": "brand", "deferred": "warn"}


def exam_columns(now: datetime) -> list[Column[Exam]]:
    def at(exam: Exam) -> Phase:
        return exam.phase(now)

    return [
        Column("title", _("考试"), lambda e: e.title, link=lambda e: url_for("exams.show", exam_id=e.id)),
        Column("year", _("年度"), lambda e: e.year, kind="number", show=lambda e: str(e.year)),
        Column("kind", _("形式"), lambda e: _(KIND_NAMES[e.kind]) + (_("（补考）") if e.make_up_of_id else "")),
        Column("opens", _("开放时间"), lambda e: e.opens_at, kind="time", show=lambda e: show_time(e.opens_at)),
        Column("closes", _("结束时间"), lambda e: e.closes_at, kind="time", show=lambda e: show_time(e.closes_at)),
        Column("phase", _("状态"), lambda e: _(PHASE_NAMES[at(e)]), kind="tag", tag=lambda e: PHASE_TAGS[at(e)]),
    ]


def roster_columns(exam: Exam) -> list[Column[RosterRow]]:
    def address(row: RosterRow) -> str:
        return url_for("rosters.entry", exam_id=exam.id, candidate_id=row.candidate_id)

    return [
        Column("name", _("姓名"), lambda r: r.name, link=address),
        Column("login", _("工号"), lambda r: r.login),
        Column("unit", _("单位"), lambda r: r.unit),
        Column("rank", _("职务层次"), lambda r: r.rank),
        Column("post_type", _("岗位类别"), lambda r: r.post_type),
        Column("status", _("名单状态"), lambda r: _(STATUS_NAMES[r.status]), kind="tag", tag=lambda r: STATUS_TAGS[r.status]),
        Column("reason", _("原因"), lambda r: r.reason),
    ]
