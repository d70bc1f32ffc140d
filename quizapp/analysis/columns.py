"""The tables of item analysis, as pages show them and as files hold them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import url_for

from quizapp.analysis.models import ExamAnalysis, ItemStatistic
from quizapp.analysis.pages import Held
from quizapp.analysis.queries.stored import QuestionRow
from quizapp.analysis.sentences import decimal, labels, severity, told
from quizapp.exams.models import Exam
from quizapp.i18n import _, show_time
from quizapp.questions.rules.markup import plain_stem
from quizapp.questions.rules.names import TYPE_NAMES
from quizapp.ui.tables import Column

Row = TypeVar("Row")
STEM = 48  # characters of a stem in the table


def held_columns() -> list[Column[Held]]:
    return [
        Column("exam", _("考试"), lambda r: r.exam.title, link=lambda r: url_for("analysis.exam", exam_id=r.exam.id)),
        Column("opens", _("考试时间"), lambda r: r.exam.opens_at.timestamp(), "time", show=lambda r: show_time(r.exam.opens_at)),
        Column("people", _("人数"), lambda r: r.analysis.people if r.analysis else None, "number"),
        Column("questions", _("试题"), lambda r: r.questions or None, "number"),
        Column("flagged", _("有提示"), lambda r: r.flagged if r.questions else None, "number"),
        Column("state", _("状态"), lambda r: state_words(r.analysis), "tag",
               tag=lambda r: "ok" if r.analysis and r.analysis.state == "done" else ""),
    ]


def state_words(analysis: ExamAnalysis | None) -> str:
    if analysis is None:
        return _("还没有分析")
    return _("已分析") if analysis.state == "done" else _("等待分析")


def stem_of(row: QuestionRow) -> str:
    plain = plain_stem(row.stem).replace("\n", " ")
    short = plain if len(plain) <= STEM else plain[:STEM] + "…"
    return short if not row.statistic.part else _("%(stem)s（第 %(n)s 问）", stem=short, n=row.statistic.part)


def figure_columns(of: Callable[[Row], ItemStatistic]) -> list[Column[Row]]:
    """The figures that say most of how a question worked."""
    return [
        Column("facility", _("得分率"), lambda r: rounded(of(r).facility), "number", base=_("得分 ÷ 可得的分"),
               show=lambda r: decimal(of(r).facility)),
        Column("discrimination", _("区分度"), lambda r: rounded(of(r).discrimination), "number", base=_("高低组之差"),
               show=lambda r: decimal(of(r).discrimination)),
        Column("item_rest", _("题总相关"), lambda r: rounded(of(r).item_rest), "number", base=_("不含本题"),
               show=lambda r: decimal(of(r).item_rest)),
    ]


def flag_column(of: Callable[[Row], ItemStatistic]) -> Column[Row]:
    return Column("flags", _("提示"), lambda r: severity(of(r))[0], "tag",
                  show=lambda r: _("，").join(name for name, _tag in labels(of(r))),
                  tag=lambda r: next((tag for _name, tag in labels(of(r))), ""))


def question_columns(exam: Exam) -> list[Column[QuestionRow]]:
    return [
        Column("code", _("题号"), lambda r: r.code, "short", link=lambda r: address(exam.id, r.statistic)),
        Column("stem", _("题目"), stem_of),
        Column("kind", _("题型"), lambda r: _(TYPE_NAMES[r.statistic.kind]), "short"),
        *figure_columns(lambda r: r.statistic),
        Column("people", _("人数"), lambda r: r.statistic.people, "number"),
        flag_column(lambda r: r.statistic),
    ]


def file_columns(exam: Exam, analysis: ExamAnalysis, titles: dict[int, str]) -> list[Column[QuestionRow]]:
    """Everything that is stored of a question, with the sentences written out."""
    return [
        Column("code", _("题号"), lambda r: r.code), Column("version", _("版本"), lambda r: r.version, "number"),
        Column("part", _("第几问"), lambda r: r.statistic.part or None, "number"),
        Column("stem", _("题目"), lambda r: plain_stem(r.stem)),
        Column("kind", _("题型"), lambda r: _(TYPE_NAMES[r.statistic.kind])),
        *(Column(name, label, lambda r, name=name: rounded(getattr(r.statistic, name)), "number")  # type: ignore[misc]
          for name, label in (
              ("people", _("人数")), ("forms", _("出现在几份卷")), ("facility", _("得分率（难度）")),
              ("discrimination", _("区分度（高低组之差）")), ("item_rest", _("题总相关（不含本题）")), ("omitted", _("未答率")),
              ("seconds", _("用时中位数（秒）")), ("timed", _("有时间记录的人数")), ("quick", _("5 秒以内答对的人数")),
              ("slope", _("IRT 斜率")), ("location", _("IRT 难度")), ("expected", _("IRT 预计得分率")))),
        Column("model", _("IRT 模型"), lambda r: MODELS[r.statistic.model]),
        Column("flags", _("提示"), lambda r: " ".join(_("%(name)s：%(sentence)s", name=name, sentence=one) for name, _kind, one in told(r.statistic, analysis, titles))),
    ]


MODELS = {"": "", "rasch": "Rasch", "2pl": "2PL"}


def rounded(value: float | int | None) -> float | int | None:
    return round(value, 4) if isinstance(value, float) else value


def address(exam_id: int, row: ItemStatistic) -> str:
    return url_for("analysis.question", exam_id=exam_id, version_id=row.item_version_id, part=row.part)


def item_columns() -> list[Column[tuple[Exam, ItemStatistic, int]]]:
    return [
        Column("exam", _("考试"), lambda r: r[0].title, link=lambda r: address(r[0].id, r[1])),
        Column("opens", _("考试时间"), lambda r: r[0].opens_at.timestamp(), "time", show=lambda r: show_time(r[0].opens_at)),
        Column("version", _("版本"), lambda r: r[2], "number"),
        Column("part", _("第几问"), lambda r: r[1].part or None, "number"),
        Column("people", _("人数"), lambda r: r[1].people, "number"),
        *figure_columns(lambda r: r[1]),
        flag_column(lambda r: r[1]),
    ]
