"""The workbook of a filing: summary, lines, people where the reader may see them, definitions. Typed cells.

Imported where one is written: openpyxl takes 25 MB of every process that has it at hand.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from quizapp import clock
from quizapp.exams.rules import STATUS_NAMES
from quizapp.filings.queries import NamedLine
from quizapp.filings.rules.content import Column, Content, Value
from quizapp.filings.rules.layout import Stamp, row_name
from quizapp.i18n import N_
from quizapp.jobs.rules import Progress
from quizapp.kernel.rates import Rate
from quizapp.ui.cells import safe_cell

FORMATS = {"rate": "0.00%", "mark": "0.00", "count": "#,##0"}
HEAD_ROW = 5
A4 = 9  # as Excel counts sizes of paper
TOLD = 1_000  # people between two words about progress
WRITING = N_("写入人员明细")


def xlsx_bytes(content: Content, stamp: Stamp, people: Iterable[NamedLine] | None, total: int, progress: Progress) -> bytes:
    """`people` None leaves their sheet out; `total` is how many there will be."""
    book = Workbook(write_only=True)
    lines = _Sheet(book, content, stamp)
    if content.total is not None:
        lines.write("汇总", (30, 14, 14, 14, 26), ("指标", "数值", "分子", "分母", "基数"), _summary(lines, content))
    name = "各次考试" if content.kind == "year" else "各单位"
    widths = (40, 44, *([11 if c.kind == "count" else 16 for c in content.columns]))
    lines.write(name, widths, (content.row_name, "所在路径", *(c.head for c in content.columns)), _lines(lines, content), 1)
    if content.sections and not stamp.extract:
        lines.write("文字", (24, 110), ("标题", "内容"), ((s.heading, s.text) for s in content.sections))
    if people is not None:
        head = ("姓名", "工号", "单位", "职级", "岗位类别", "名单状态", "是否参考", "分数", "参加时间")
        lines.write("人员明细", (12, 18, 34, 14, 14, 12, 10, 10, 18), head, _people(lines, people, total, progress), 2)
    lines.write("口径说明", (16, 100), ("名词", "口径"), content.definitions)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _summary(sheet: _Sheet, content: Content) -> Iterator[Sequence[Any]]:
    assert content.total is not None  # noqa: S101 - asked by the caller
    for column, value in zip(content.columns, content.total.values, strict=True):
        if column.key == "rank":
            continue
        parts = (value.numerator, value.denominator) if isinstance(value, Rate) else (None, None)
        yield [column.name, sheet.figure(column, value), *(sheet.number(one, "count") for one in parts), column.base]


def _lines(sheet: _Sheet, content: Content) -> Iterator[Sequence[Any]]:
    for row in content.rows:
        name = sheet.text(row_name(row), alignment=Alignment(indent=row.level))
        yield [name, " / ".join(row.path), *(sheet.figure(c, v) for c, v in zip(content.columns, row.values, strict=True))]


def _people(sheet: _Sheet, people: Iterable[NamedLine], total: int, progress: Progress) -> Iterator[Sequence[Any]]:
    # a row is written as soon as it is handed over: two cells with a format serve all of them
    score_cell, when_cell = (WriteOnlyCell(sheet.sheet) for _place in range(2))
    score_cell.number_format, when_cell.number_format = FORMATS["mark"], "yyyy-mm-dd hh:mm"
    for place, one in enumerate(people):
        if place % TOLD == 0:
            progress(place, total, WRITING)
        counted = one.status == "expected" and one.sat
        score_cell.value = one.score / 100 if counted and one.score is not None else None
        when_cell.value = clock.to_local(one.sat_at).replace(tzinfo=None) if one.sat_at else None
        sat = ("是" if one.sat else "否") if one.status == "expected" else ""
        yield [one.name, one.login, one.unit, one.rank, one.post_type, STATUS_NAMES[one.status], sat,
               score_cell, when_cell]
    progress(total, total, WRITING)


class _Sheet:
    """Writes one sheet after the other: title, what it holds, the seal, and a head that stays in view."""

    def __init__(self, book: Any, content: Content, stamp: Stamp) -> None:
        self.book, self.content, self.stamp = book, content, stamp
        self.sheet: Any = None

    def write(self, name: str, widths: Sequence[int], head: Sequence[str], rows: Iterable[Sequence[Any]], frozen: int = 0) -> None:
        self.sheet = self.book.create_sheet(name)
        self.sheet.freeze_panes = f"{get_column_letter(frozen + 1)}{HEAD_ROW + 1}"
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.paperSize = A4
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr.fitToPage = True
        self.sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
        for index, width in enumerate(widths, 1):
            self.sheet.column_dimensions[get_column_letter(index)].width = width
        self.sheet.append([self.text(self.content.title + ("（节选）" if self.stamp.extract else ""), font=Font(bold=True, size=14))])
        self.sheet.append([self.text(f"{self.content.agency}；{self.content.view}；数字截至 {self.content.as_of[:16].replace('T', ' ')}")])
        self.sheet.append([self.text(f"{self.stamp.line}；SHA-256 {self.stamp.digest}")])
        self.sheet.append([])
        self.sheet.append([self._head(word) for word in head])
        for row in rows:
            self.sheet.append([safe_cell(value) for value in row])

    def text(self, text: str, **style: Any) -> Any:
        cell = WriteOnlyCell(self.sheet, safe_cell(text))
        for name, value in style.items():
            setattr(cell, name, value)
        return cell

    def _head(self, word: str) -> Any:
        return self.text(word, font=Font(bold=True), fill=PatternFill("solid", fgColor="E6ECEB"),
                         alignment=Alignment(wrap_text=True, vertical="bottom"))

    def figure(self, column: Column, value: Value) -> Any:
        if isinstance(value, Rate):
            return self.number(None if value.percent is None else value.percent / 100, "rate")
        return self.number(Decimal(value) if isinstance(value, str) else value, column.kind)

    def number(self, value: Any, kind: str) -> Any:
        if value is None:
            return None
        cell = WriteOnlyCell(self.sheet, value)
        cell.number_format = FORMATS.get(kind, kind)
        return cell
