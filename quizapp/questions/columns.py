"""The tables of the bank."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from quizapp.i18n import _, pick, show_time
from quizapp.questions.models import Subject
from quizapp.questions.queries import ItemRow
from quizapp.questions.queue import ChangeRow, QueueRow
from quizapp.questions.reviewing import MENDED
from quizapp.questions.rules.markup import plain_stem
from quizapp.questions.rules.names import (
    CHANGE_NAMES,
    DIFFICULTY_NAMES,
    KIND_TAGS,
    REVIEW_KIND_NAMES,
    REVIEW_STATE_NAMES,
    STATUS_NAMES,
    STATUS_TAGS,
    TYPE_NAMES,
)
from quizapp.questions.rules.problems import Problem
from quizapp.statutes.rules.numbering import article_name
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


def queue_columns(person_id: int) -> list[Column[QueueRow]]:
    """What waits; the reader's own proposals say so."""
    return [
        Column("code", _("题号"), lambda row: row.code, "short", link=lambda row: url_for("questions.review_item", review_id=row.id)),
        Column("stem", _("题干"), lambda row: plain_stem(row.stem), sortable=False),
        Column("basis", _("依据"), lambda row: row.basis),
        Column("kind", _("来由"), lambda row: _(REVIEW_KIND_NAMES[row.kind]), kind="tag", tag=lambda row: KIND_TAGS[row.kind]),
        Column("opened_by", _("提交人"), lambda row: _("你") if row.author_id == person_id else row.opened_by),
        Column("opened_at", _("提交时间"), lambda row: row.opened_at, kind="time", show=lambda row: show_time(row.opened_at)),
        Column("votes", _("通过"), lambda row: f"{row.accepted} / {row.needed}", "short"),
    ]


def decided_columns() -> list[Column[QueueRow]]:
    return [
        Column("code", _("题号"), lambda row: row.code, "short", link=lambda row: url_for("questions.review_item", review_id=row.id)),
        Column("stem", _("题干"), lambda row: plain_stem(row.stem), sortable=False),
        Column("state", _("结果"), lambda row: _(REVIEW_STATE_NAMES[row.state]), kind="tag",
               tag=lambda row: "ok" if row.state == "accepted" else "err"),
        Column("reason", _("理由"), lambda row: _(row.reason) if row.reason == MENDED else row.reason),
        Column("decided_at", _("时间"), lambda row: row.decided_at, kind="time",
               show=lambda row: show_time(row.decided_at) if row.decided_at else "—"),
    ]


def change_columns() -> list[Column[ChangeRow]]:
    """Items whose article changed, was moved, left out or repealed."""
    return [
        Column("code", _("题号"), lambda row: row.code, "short", link=lambda row: url_for("questions.change", change_id=row.id)),
        Column("stem", _("题干"), lambda row: plain_stem(row.stem), sortable=False),
        Column("law", _("法律法规"), lambda row: row.law),
        Column("article", _("原条文"), lambda row: article_name(row.article)),
        Column("change", _("变动"), lambda row: _(CHANGE_NAMES[row.change]), kind="tag",
               tag=lambda row: "err" if row.change in ("gone", "repealed") else "warn"),
        Column("from_day", _("从哪天起不再用"), lambda row: row.from_day, "short", show=lambda row: row.from_day.isoformat()),
        Column("proposed", _("处理"), lambda row: _("新版待审") if row.proposed else _("待处理"), "short"),
    ]
