"""Sheets of results: the template with the roster in it, and an uploaded file as rows of text."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from quizapp.paper_exams.rules import COLUMNS, Candidate
from quizapp.people.roster_files import read_rows as read_rows
from quizapp.ui.cells import safe_cell

WIDTHS = (16, 14, 32, 10, 24)


def template(candidates: Sequence[Candidate]) -> bytes:
    """A workbook with everybody who is expected, their scores as far as registered. No cell can run as a formula."""
    from openpyxl import Workbook  # see quizapp.ui.tables
    from openpyxl.styles import Font

    workbook = Workbook()
    sheet: Any = workbook.worksheets[0]
    sheet.title = "成绩"
    sheet.append(COLUMNS)
    for cell, width in zip(sheet[1], WIDTHS, strict=True):
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    for one in candidates:
        if one.status == "expected":
            score = None if one.score is None else float(one.score)
            sheet.append([safe_cell(one.login), safe_cell(one.name), safe_cell(one.unit), score, None])
            sheet.cell(sheet.max_row, 1).number_format = "@"  # work numbers keep their zeros
    sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
