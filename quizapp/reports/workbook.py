"""The workbook of one `ExamReport`: four sheets with typed cells. Imported where one is written: see quizapp.ui.tables."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from quizapp import clock
from quizapp.exams.rules import STATUS_NAMES
from quizapp.i18n import N_, _
from quizapp.jobs.rules import Progress
from quizapp.kernel.rates import Rate
from quizapp.reports.figures import FIGURES, MEASURES
from quizapp.reports.queries.exam import PersonRow
from quizapp.reports.rules.report import ExamReport
from quizapp.reports.wording import MEASURE_NAMES, definitions, in_words, standing, view_of
from quizapp.ui.cells import safe_cell

PERCENT, MARKS, COUNT = "0.00%", "0.00", "#,##0"
TOLD = 1_000  # people between two words about progress
WRITING = N_("写入人员明细")


def xlsx_bytes(report: ExamReport, people: Sequence[PersonRow], progress: Progress) -> bytes:
    """Four sheets: summary, units, people, definitions."""
    book = Workbook(write_only=True)
    Sheet(book, _("汇总"), report, (22, 14, 14, 14, 26)).write(
        [_("指标"), _("数值"), _("分子（人）"), _("分母（人）"), _("基数")], _summary(report))
    Sheet(book, _("各单位"), report, (34, 44, *([11] * 7), *([16] * 6)), freeze_columns=1).write(
        [_("单位"), _("所在路径"), *(f.head for f in FIGURES)], _units(report))
    Sheet(book, _("人员明细"), report, (14, 18, 34, 14, 14, 12, 12, 10, 20, 28)).write(
        [_("姓名"), _("工号"), _("单位"), _("职级"), _("岗位类别"), _("名单状态"), _("结果"), _("分数"), _("参加时间"),
         _("免考或缓考原因")], (_person(report, row) for row in _counted(people, progress)))
    Sheet(book, _("口径说明"), report, (16, 100)).write([_("名词"), _("口径")], _definitions(report))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _counted(people: Sequence[PersonRow], progress: Progress) -> Iterator[PersonRow]:
    for number, row in enumerate(people):
        if number % TOLD == 0:
            progress(number, len(people), WRITING)
        yield row
    progress(len(people), len(people), WRITING)


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


@dataclass(frozen=True, slots=True)
class Indented:
    """A unit's name, set in by its depth."""

    text: str
    level: int


class Sheet:
    """One sheet: title, what it holds, a head that stays in view, typed cells."""

    HEAD_ROW = 4

    def __init__(self, book: Any, name: str, report: ExamReport, widths: Sequence[int], freeze_columns: int = 0) -> None:
        self.sheet = book.create_sheet(name)
        self.report = report
        self.sheet.freeze_panes = f"{get_column_letter(freeze_columns + 1)}{self.HEAD_ROW + 1}"
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr.fitToPage = True
        self.sheet.print_title_rows = f"{self.HEAD_ROW}:{self.HEAD_ROW}"
        for index, width in enumerate(widths, 1):
            self.sheet.column_dimensions[get_column_letter(index)].width = width

    def write(self, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        exam = self.report.exam
        self.sheet.append([self._text(exam.title, Font(bold=True, size=14))])
        roster = exam.roster_as_of.isoformat() if exam.roster_as_of else "—"
        made = f"{clock.to_local(self.report.generated_at):%Y-%m-%d %H:%M}"
        self.sheet.append([self._text(_("名单截至 %(roster)s；%(view)s；%(made)s 生成", roster=roster,
                                        view=view_of(self.report), made=made))])
        self.sheet.append([])
        self.sheet.append([self._head(word) for word in head])
        for row in rows:
            self.sheet.append([self._cell(value) for value in row])

    def _text(self, text: str, font: Font | None = None) -> Any:
        cell = WriteOnlyCell(self.sheet, safe_cell(text))
        if font is not None:
            cell.font = font
        return cell

    def _head(self, word: str) -> Any:
        cell = self._text(word, Font(bold=True))
        cell.fill = PatternFill("solid", fgColor="E6ECEB")
        cell.alignment = Alignment(wrap_text=True, vertical="bottom")
        return cell

    def _cell(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Indented):
            cell = self._text(value.text)
            cell.alignment = Alignment(indent=value.level)
            return cell
        if isinstance(value, Rate):
            return self._number(None if value.percent is None else value.percent / 100, PERCENT)
        if isinstance(value, Decimal):
            return self._number(value, MARKS)
        if isinstance(value, int):
            return self._number(value, COUNT)
        return value if value is None else self._number(value, "yyyy-mm-dd hh:mm")

    def _number(self, value: Any, number_format: str) -> Any:
        cell = WriteOnlyCell(self.sheet, value)
        cell.number_format = number_format
        return cell
