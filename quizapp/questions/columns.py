"""The tables of the bank."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from quizapp.i18n import _, pick
from quizapp.questions.models import Subject
from quizapp.questions.queries import ItemRow
from quizapp.questions.rules.markup import plain_stem
from quizapp.questions.rules.names import DIFFICULTY_NAMES, STATUS_NAMES, STATUS_TAGS, TYPE_NAMES
from quizapp.questions.rules.problems import Problem
from quizapp.ui.tables import Column


def item_columns(subject_names: dict[str, str]) -> list[Column[ItemRow]]:
    return [
        Column("code", _("题号"), lambda row: row.code, link=lambda row: url_for("questions.item", code=row.code)),
        Column("stem", _("题干"), lambda row: plain_stem(row.stem), sortable=False),
        Column("subject", _("科目"), lambda row: subject_names.get(row.subject, row.subject_name)),
        Column("type", _("题型"), lambda row: _(TYPE_NAMES[row.type])),
        Column("difficulty", _("难度"), lambda row: row.difficulty, show=lambda row: _(DIFFICULTY_NAMES[row.difficulty])),
        Column("basis", _("依据"), lambda row: row.basis),
        Column("status", _("状态"), lambda row: _(STATUS_NAMES[row.status]), kind="tag",
               tag=lambda row: STATUS_TAGS[row.status]),
        Column("version", _("版本"), lambda row: row.version, kind="number"),
    ]


def problem_columns() -> list[Column[Problem]]:
    return [
        Column("level", _("级别"), lambda p: p.level, kind="tag", tag=lambda p: "err" if p.level == "error" else "warn",
               show=lambda p: _("须改正") if p.level == "error" else _("提醒")),
        Column("place", _("文件和行"), lambda p: p.place or _("全库")),
        Column("item", _("题号"), lambda p: p.item_id or ""),
        Column("where", _("位置"), lambda p: p.where),
        Column("text", _("问题"), lambda p: _(p.message, **p.values), sortable=False),
    ]


def subject_words(subjects: Sequence[Subject]) -> dict[str, str]:
    """Code → name in the reader's language."""
    return {subject.code: pick(subject.name, subject.name_en) for subject in subjects}
