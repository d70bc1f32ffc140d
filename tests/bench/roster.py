"""A roster of ten thousand people from an Excel file: tried, refused with two hundred faults, written, tried again."""

from __future__ import annotations

import io

from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from quizapp import clock
from quizapp.db import db
from quizapp.people import service
from quizapp.people.models import Person
from quizapp.people.roster_files import read_rows
from quizapp.people.rules.roster import COLUMNS, EVERYBODY, Difference
from tests.bench.figures import Figure, application, seconds
from tests.bench.pages import postgresql
from tests.builders.people import make_agency, make_unit

ROWS, UNITS, EVERY, GOAL = 10_000, 240, 50, 10


def measure() -> list[Figure]:
    with application() as app:
        figures = measured(app, "SQLite")
    with postgresql() as url, application(url) as app:
        return figures + measured(app, "PostgreSQL")


def measured(_app: Flask, database: str) -> list[Figure]:
    with db.transaction() as session:
        codes = [make_unit(session, f"第 {n} 处", make_agency(session)).code for n in range(UNITS)]
    good, bad, moved, one = workbook(codes), workbook(codes, faults=True), workbook(codes, 1), workbook(codes, 1, rows=1)
    return [
        Figure(f"roster of {ROWS:,} rows with {ROWS // EVERY} bad ones refused, {database}",
               seconds(lambda: refused(bad)), GOAL, "s"),
        Figure(f"the same without faults on trial, {database}", seconds(lambda: brought(good, dry_run=True)), GOAL, "s"),
        Figure(f"the same written, {database}", seconds(lambda: brought(good)), GOAL, "s"),
        Figure(f"everybody moves to another unit, {database}", seconds(lambda: brought(moved)), GOAL, "s"),
        Figure(f"everybody but one leaves, {database}", seconds(lambda: brought(one)), GOAL, "s"),
    ]


def workbook(codes: list[str], shift: int = 0, *, rows: int = ROWS, faults: bool = False) -> bytes:
    """Every fiftieth row is bad where there are faults: by turns no name, no such unit, a work number twice."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    sheet.append(list(COLUMNS))
    for n in range(rows):
        row = [f"r{n:05}", f"人员{n}", codes[(n + shift) % len(codes)], "", "科级", "综合管理"]
        if faults and n % EVERY == EVERY - 1:
            at, text = ((1, ""), (2, "none"), (0, f"r{n - 1:05}"))[n // EVERY % 3]
            row[at] = text
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def brought(content: bytes, *, dry_run: bool = False) -> Difference:
    """The file read and, unless it is a trial, written; whoever it does not name leaves."""
    with db.transaction() as session:
        return service.import_roster(session, read_rows(content, "名册.xlsx"), clock.today(), leaving=EVERYBODY,
                                     dry_run=dry_run)


def refused(content: bytes) -> None:
    """Raises RuntimeError unless every bad row is told by row and column, and nothing is written."""
    told = {(p.row, p.column) for p in brought(content).problems}
    expected = {(n + 2, ("姓名", "单位编码", "工号")[n // EVERY % 3]) for n in range(EVERY - 1, ROWS, EVERY)}
    if told != expected:
        raise RuntimeError(f"faults told wrongly: {sorted(told ^ expected)[:5]}")
    with db.transaction() as session:
        if session.scalar(select(func.count()).select_from(Person)):
            raise RuntimeError("something was written")
