"""The workbook of a filing: summary, lines, people where the reader may see them, definitions. Typed cells.

Imported where one is written: openpyxl takes 25 MB of every process that has it at hand.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

from quizapp import clock
from quizapp.exams.rules import STATUS_NAMES
from quizapp.filings.queries import NamedLine
from quizapp.filings.rules.content import Content, Row, Value
from quizapp.filings.rules.layout import Stamp, row_name
from quizapp.jobs.rules import Progress, told
from quizapp.kernel.rates import Rate
from quizapp.reports.exports import WRITING
from quizapp.ui.sheets import MARKS, MOMENT, Indented, Sheet


def xlsx_bytes(content: Content, stamp: Stamp, people: Iterable[NamedLine] | None, total: int, progress: Progress) -> bytes:
    """`people` None leaves their sheet out; `total` is how many there will be."""
    book = Workbook(write_only=True)
    above = (content.title + ("（节选）" if stamp.extract else ""),
             f"{content.agency}；{content.view}；数字截至 {content.as_of[:16].replace('T', ' ')}",
             f"{stamp.line}；SHA-256 {stamp.digest}")
    if content.total is not None:
        Sheet(book, "汇总", above, (30, 14, 14, 14, 26)).write(("指标", "数值", "分子", "分母", "基数"), _summary(content, content.total))
    name = "各次考试" if content.kind == "year" else "各单位"
    widths = (40, 44, *([11 if c.kind == "count" else 16 for c in content.columns]))
    Sheet(book, name, above, widths, 1).write((content.row_name, "所在路径", *(c.head for c in content.columns)), _lines(content))
    if content.sections and not stamp.extract:
        Sheet(book, "文字", above, (24, 110)).write(("标题", "内容"), ((s.heading, s.text) for s in content.sections))
    if people is not None:
        sheet = Sheet(book, "人员明细", above, (12, 18, 34, 14, 14, 12, 10, 10, 18), 2)
        head = ("姓名", "工号", "单位", "职级", "岗位类别", "名单状态", "是否参考", "分数", "参加时间")
        sheet.write(head, _people(sheet, told(people, total, progress, WRITING)))
    Sheet(book, "口径说明", above, (16, 100)).write(("名词", "口径"), content.definitions)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _summary(content: Content, total: Row) -> Iterator[Sequence[Any]]:
    for column, value in zip(content.columns, total.values, strict=True):
        if column.key == "rank":
            continue
        parts = (value.numerator, value.denominator) if isinstance(value, Rate) else (None, None)
        yield [column.name, _figure(value), *parts, column.base]


def _lines(content: Content) -> Iterator[Sequence[Any]]:
    for row in content.rows:
        yield [Indented(row_name(row), row.level), " / ".join(row.path), *map(_figure, row.values)]


def _figure(value: Value) -> int | Rate | Decimal | None:
    """Marks are texts in a content, and numbers in a cell."""
    return Decimal(value) if isinstance(value, str) else value


def _people(sheet: Sheet, people: Iterable[NamedLine]) -> Iterator[Sequence[Any]]:
    score_cell, when_cell = sheet.formatted(MARKS), sheet.formatted(MOMENT)
    for one in people:
        counted = one.status == "expected" and one.sat
        score_cell.value = one.score / 100 if counted and one.score is not None else None
        when_cell.value = clock.to_local(one.sat_at).replace(tzinfo=None) if one.sat_at else None
        sat = ("是" if one.sat else "否") if one.status == "expected" else ""
        yield [one.name, one.login, one.unit, one.rank, one.post_type, STATUS_NAMES[one.status], sat, score_cell, when_cell]
