"""The five files of one filing say the same, whatever stands in it."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.exams.models import Exam, RosterEntry
from quizapp.filings import collecting, printing, service
from quizapp.filings.rules.content import Content, from_json, shown
from quizapp.filings.rules.layout import row_name
from quizapp.kernel.rates import Rate
from quizapp.people.models import Person
from tests.integration.filings.conftest import AFTER, World, kept, pdf_text


def numbers_of(content: Content) -> list[list[str]]:
    """Every line with its figures as they are printed: what each file has to say."""
    return [[row_name(row), *(shown(c, v) for c, v in zip(content.columns, row.values, strict=True))] for row in content.rows]


def from_json_file(data: bytes) -> list[list[str]]:
    return numbers_of(from_json(json.loads(data)["content"]))


def from_csv(data: bytes, content: Content) -> list[list[str]]:
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    found = []
    for row in rows:
        cells, values = iter(row[2:]), []
        for column in content.columns:
            cell = next(cells)
            if column.kind == "rate":
                rate = Rate(int(next(cells)), int(next(cells)))
                assert cell == ("" if rate.percent is None else str(rate.percent))
                values.append(f"{cell}%" if cell else "—")
            else:
                values.append("—" if cell == "" else f"{int(cell):,}" if column.kind == "count" else cell)
        found.append([row[0], *values])
    assert len(head) == len(rows[0])
    return found


def from_xlsx(data: bytes, content: Content) -> list[list[str]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["各次考试" if content.kind == "year" else "各单位"]
    assert sheet.freeze_panes == "B6"
    found = []
    for row in sheet.iter_rows(min_row=6):
        cells = [row[0].value]
        for column, cell in zip(content.columns, row[2:], strict=True):
            if cell.value is None:
                cells.append("—")
            elif column.kind == "rate":
                assert cell.number_format == "0.00%"
                cells.append(f"{Decimal(str(cell.value)) * 100:.2f}%")
            else:
                assert isinstance(cell.value, int | float)
                cells.append(f"{cell.value:,}" if column.kind == "count" else f"{cell.value:.2f}")
        found.append(cells)
    return found


def from_docx(data: bytes) -> list[list[str]]:
    book = docx.Document(io.BytesIO(data))
    assert [language.get(qn("w:eastAsia")) for language in book.styles.element.iter(qn("w:lang"))] == ["zh-CN"]
    table = next(t for t in book.tables if len(t.columns) > 5)
    assert table._tbl.tr_lst[0].trPr.find("{*}tblHeader") is not None
    return [["".join(p.text for p in cell.paragraphs) for cell in row.cells] for row in table.rows][1:]


def in_order(text: str, cells: list[str]) -> bool:
    """Whether the figures of a line stand in this text one after the other, whatever breaks lines between them."""
    return re.sub(r"\s", "", "".join(cells)) in re.sub(r"\s", "", text)


@pytest.mark.parametrize("kind", ["exam", "year", "rank", "plain", "organisers"])
def test_the_five_files_say_the_same(session: Session, world: World, kind: str) -> None:
    if kind == "exam":
        filing = world.hand_in(session)
    elif kind == "year":
        filing = world.hand_in_year(session)
    else:
        filing = service.hand_in_notice(session, world.exam, True, kind, Decimal(95), by=world.by, now=AFTER)
    version, content = kept(session, filing, 1)
    view = printing.viewed(filing, version, ("/",))
    wanted = numbers_of(content)
    assert len(wanted) > {"organisers": 0}.get(kind, 2)
    made = {one: printing.make(session, view, one, address="https://example.org/verify") for one in printing.KINDS}
    assert from_json_file(made["json"]) == wanted
    assert from_csv(made["csv"], content) == wanted
    assert from_xlsx(made["xlsx"], content) == wanted
    text = pdf_text(made["pdf"])
    if len(wanted) > 1:
        assert from_docx(made["docx"]) == wanted
        assert [row[0] for row in wanted if not in_order(text, row[1:])] == []
    word = "".join(p.text for p in docx.Document(io.BytesIO(made["docx"])).paragraphs)
    for section in content.sections:
        for line in section.text.split("\n"):
            assert re.sub(r"\s", "", line) in re.sub(r"\s", "", word)
            assert re.sub(r"\s", "", line) in re.sub(r"\s", "", text)
    assert version.digest in re.sub(r"\s", "", text)
    assert "— 1 —" in text


def test_the_total_is_the_sum_of_its_lines(session: Session, world: World) -> None:
    _version, content = kept(session, world.hand_in(session), 1)
    report = collecting.reports.exam_report(session, world.exam, ("/",), collecting.Choice(), AFTER)
    for at, column in enumerate(content.columns):
        if column.kind != "count":
            continue
        parts = [row.values[at] for row in content.rows if row.level == 1]
        assert sum(value for value in parts if isinstance(value, int)) == content.total.values[at], column  # type: ignore[union-attr]
    shown_units = {row.key for row in content.rows}
    small = [row for row in report.rows if 0 < row.all.expected < 5]
    assert small, "nothing to withhold proves nothing"
    assert not [row.name for row in small if f"u{row.unit_id}" in shown_units]
    merged = [row for row in content.rows if row.kind == "merged"]
    assert merged
    assert all(isinstance(row.values[0], int) and row.values[0] >= 5 for row in merged)


def test_no_cell_runs_as_a_formula_and_erased_people_have_no_name(session: Session, world: World) -> None:
    person = session.get_one(Person, session.scalars(select(RosterEntry.candidate_id).where(RosterEntry.exam_id == world.exam).limit(1)).one())
    person.name = "=HYPERLINK(1)"
    filing = world.hand_in(session)
    view = printing.viewed(filing, kept(session, filing, 1)[0], ("/",))
    book = openpyxl.load_workbook(io.BytesIO(printing.make(session, view, "xlsx", with_people=True)))
    cells = [cell for row in book["人员明细"].iter_rows(min_row=6) for cell in row]
    assert "'=HYPERLINK(1)" in {cell.value for cell in cells}
    assert "f" not in {cell.data_type for cell in cells}
    assert "人员明细" not in openpyxl.load_workbook(io.BytesIO(printing.make(session, view, "xlsx"))).sheetnames


@pytest.mark.parametrize("title", ["😀 考试", "\ue000", "控制\x07字符", "مرحبا", '#eval("1") $x$ *b* // \\ <y>'])
def test_a_sign_that_no_font_has_and_markup_are_printed_as_text(session: Session, world: World, title: str) -> None:
    session.get_one(Exam, world.exam).title = title
    session.flush()
    filing = world.hand_in(session)
    view = printing.viewed(filing, kept(session, filing, 1)[0], ("/",))
    text = pdf_text(printing.make(session, view, "pdf"))
    assert "参考和合格情况报告" in re.sub(r"\s", "", text)
    if title.startswith("#"):
        assert re.sub(r"\s", "", title) in re.sub(r"\s", "", text)
    assert docx.Document(io.BytesIO(printing.make(session, view, "docx"))).paragraphs
