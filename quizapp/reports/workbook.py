"""The workbook of one `ExamReport`: four sheets with typed cells. Imported where one is written: see quizapp.ui.tables."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

from quizapp import clock
from quizapp.exams.rules import STATUS_NAMES
from quizapp.i18n import _
from quizapp.jobs.rules import Progress, told
from quizapp.kernel.rates import Rate
from quizapp.reports.exports import WRITING
from quizapp.reports.figures import FIGURES, MEASURES
from quizapp.reports.queries.exam import PersonRow
from quizapp.reports.rules.report import ExamReport
from quizapp.reports.wording import MEASURE_NAMES, definitions, in_words, standing, view_of
from quizapp.ui.sheets import Indented, Sheet


def xlsx_bytes(report: ExamReport, people: Sequence[PersonRow], progress: Progress) -> bytes:
    """Four sheets: summary, units, people, definitions."""
    book = Workbook(write_only=True)
    _sheet(book, _("汇总"), report, (22, 14, 14, 14, 26)).write(
        [_("指标"), _("数值"), _("分子（人）"), _("分母（人）"), _("基数")], _summary(report))
    _sheet(book, _("各单位"), report, (34, 44, *([11] * 7), *([16] * 6)), frozen=1).write(
        [_("单位"), _("所在路径"), *(f.head for f in FIGURES)], _units(report))
    _sheet(book, _("人员明细"), report, (14, 18, 34, 14, 14, 12, 12, 10, 20, 28)).write(
        [_("姓名"), _("工号"), _("单位"), _("职级"), _("岗位类别"), _("名单状态"), _("结果"), _("分数"), _("参加时间"),
         _("免考或缓考原因")], (_person(report, row) for row in told(people, len(people), progress, WRITING)))
    _sheet(book, _("口径说明"), report, (16, 100)).write([_("名词"), _("口径")], _definitions(report))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _summary(report: ExamReport) -> Iterable[Sequence[Any]]:
    for figure in MEASURES:
        value = figure.of(report.total)
        parts = (value.numerator, value.denominator) if isinstance(value, Rate) else (None, None)
        yield [_(figure.name), in_words(figure, report.total) or value, *parts, _(figure.base) if figure.base else ""]


def _definitions(report: ExamReport) -> Iterable[Sequence[Any]]:
    """What the words mean, then how each figure is formed and by whose example."""
    yield from definitions(report.exam)
    for figure in MEASURES:
        yield [figure.head, _("%(formula)s；出处：%(source)s", formula=_(figure.formula), source=_(figure.source))]


def _units(report: ExamReport) -> Iterable[Sequence[Any]]:
    yield [_("合计"), "", *(figure.of(report.total) for figure in FIGURES)]
    for row in report.rows:
        name = Indented(row.name, row.level)
        yield [name, " / ".join(row.branch.names), *(figure.of(row.all) for figure in FIGURES)]


def _person(report: ExamReport, row: PersonRow) -> Sequence[Any]:
    score = None if row.score is None or not row.has_sat else Decimal(row.score) / 100
    when = clock.to_local(row.sat_at).replace(tzinfo=None) if row.sat_at else None
    return [row.name, row.login, row.unit, row.rank, row.post_type, _(STATUS_NAMES[row.status]),
            _(MEASURE_NAMES[standing(row, report.exam)]), score, when, row.reason]


def _sheet(book: Any, name: str, report: ExamReport, widths: Sequence[int], frozen: int = 0) -> Sheet:
    exam = report.exam
    roster = exam.roster_as_of.isoformat() if exam.roster_as_of else "—"
    made = f"{clock.to_local(report.generated_at):%Y-%m-%d %H:%M}"
    line = _("名单截至 %(roster)s；%(view)s；%(made)s 生成", roster=roster, view=view_of(report), made=made)
    return Sheet(book, name, (exam.title, line), widths, frozen)
