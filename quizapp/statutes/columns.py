"""The tables of the law library."""

from __future__ import annotations

from datetime import date

from flask import url_for

from quizapp.i18n import _
from quizapp.statutes.pages import ImportedVersion
from quizapp.statutes.queries import LawRow
from quizapp.statutes.rules.versions import Standing
from quizapp.statutes.wording import STANDING_NAMES, STANDING_TAGS, day_short
from quizapp.ui.tables import Column


def law_columns(today: date) -> list[Column[LawRow]]:
    return [
        Column("title", _("名称"), lambda row: row.title, link=lambda row: url_for("statutes.law", name=row.name)),
        Column("version", _("最新版本"), lambda row: row.version, kind="short", show=lambda row: row.version.isoformat()),
        Column("since", _("施行"), lambda row: row.in_force_since, kind="short", show=lambda row: day_short(row.in_force_since)),
        Column("standing", _("状态"), lambda row: _(STANDING_NAMES[standing_of(row, today)]), kind="tag",
               tag=lambda row: STANDING_TAGS[standing_of(row, today)]),
        Column("articles", _("条数"), lambda row: row.articles, kind="number"),
        Column("versions", _("版本数"), lambda row: row.versions, kind="number"),
        Column("text", _("文本"), lambda row: _("有文本") if row.has_text else _("只有登记"), kind="short"),
    ]


def standing_of(row: LawRow, today: date) -> Standing:
    """How the latest version of a law stands."""
    if (row.in_force_since or row.version) > today:
        return "coming"
    return "ended" if row.ends_on is not None and row.ends_on <= today else "in_force"


def imported_columns() -> list[Column[ImportedVersion]]:
    return [
        Column("law", _("法律"), lambda row: row.law,
               link=lambda row: url_for("statutes.version", name=row.law, version=row.version)),
        Column("version", _("版本"), lambda row: row.version, kind="short", show=lambda row: row.version.isoformat()),
        Column("what", _("做了什么"), lambda row: row.what, kind="short"),
        Column("register", _("与登记核对"), lambda row: row.register, kind="tag", tag=lambda row: row.register_tag),
    ]
