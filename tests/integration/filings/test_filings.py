"""Handing in and putting right, on a real database."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import docx
import openpyxl
import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from quizapp.audit.models import AuditEvent
from quizapp.audit.verification import verify
from quizapp.clock import now
from quizapp.db import db
from quizapp.exams.models import Exam, Result, RosterEntry
from quizapp.filings import checking, collecting, printing, queries, service
from quizapp.filings.models import Filing, FilingCheck, FilingPerson, FilingVersion
from quizapp.filings.rules.content import Content, digest_of, from_json, shown
from quizapp.filings.rules.layout import row_name
from quizapp.kernel.errors import ConflictError, FileError, InputError, NotFoundError
from quizapp.kernel.rates import Rate
from quizapp.people.models import Person
from tests.builders.people import make_person
from tests.builders.results import OPENS, Agency, freeze_units, give_result, make_bureau, make_sitting, put_on_roster
from tests.databases import both_databases

AFTER = OPENS + timedelta(days=40)


class World:
    """About 300 people, an exam and its make-up, both over."""

    def __init__(self, session: Session) -> None:
        self.bureau: Agency = make_bureau(session)
        self.exam = make_sitting(session)
        self.bureau.put_in_exam(self.exam)
        self.make_up = make_sitting(session, "2026 年上半年学法用法补考", make_up_of_id=self.exam.id,
                                    opens_at=OPENS + timedelta(days=20), closes_at=OPENS + timedelta(days=21))
        self.bureau.put_in_make_up(self.make_up, self.exam)
        self.by: Person = self.bureau.members[self.bureau.units[0].id][0]

    def hand_in(self, session: Session, **more: Any) -> Filing:
        return service.hand_in_exam(session, self.exam.id, True, by=self.by.id, now=AFTER, **more)


def regraded(session: Session, exam: Exam, change: int, most: int = 3) -> list[int]:
    """As a regrade does: other scores for a few who failed; their numbers."""
    failed = session.scalars(select(Result).where(Result.exam_id == exam.id, Result.score < exam.pass_mark)
                             .order_by(Result.candidate_id).limit(most)).all()
    for result in failed:
        result.score = exam.pass_mark + change
    return [result.candidate_id for result in failed]


def kept(session: Session, filing: Filing, version: int) -> tuple[FilingVersion, Content]:
    found = queries.version_of(session, filing.id, version)
    return found, from_json(found.content)


@contextmanager
def made_world(app: Flask) -> Iterator[tuple[Session, World]]:
    with app.app_context(), db.transaction() as session:
        yield session, World(session)


# ---------------------------------------------------------------- the five files


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
    table = next(t for t in book.tables if len(t.columns) > 5)
    assert table._tbl.tr_lst[0].trPr.find("{*}tblHeader") is not None
    return [["".join(p.text for p in cell.paragraphs) for cell in row.cells] for row in table.rows][1:]


def pdf_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        texts = []
        for page in document:
            words = page.get_textpage()
            texts.append(words.get_text_bounded())
            words.close()
            page.close()
        return "\n".join(texts)
    finally:
        document.close()


def in_order(text: str, cells: list[str]) -> bool:
    """Whether the figures of a line stand in this text one after the other, whatever breaks lines between them."""
    return re.sub(r"\s", "", "".join(cells)) in re.sub(r"\s", "", text)


@pytest.mark.parametrize("kind", ["exam", "year", "rank", "plain", "organisers"])
def test_the_five_files_say_the_same(app: Flask, kind: str) -> None:
    with made_world(app) as (session, world):
        if kind == "exam":
            filing = world.hand_in(session)
        elif kind == "year":
            filing = service.hand_in_year(session, 2026, (), by=world.by.id, now=AFTER, keep_blanks=True)
        else:
            filing = service.hand_in_notice(session, world.exam.id, True, kind, Decimal(95), by=world.by.id, now=AFTER)
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
