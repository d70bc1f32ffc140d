"""Rosters as files: Excel workbooks (.xlsx, .xls) and CSV, to rows of text. Limits are checked before reading."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from functools import partial
from pathlib import Path

from quizapp.kernel import handed_in
from quizapp.kernel.errors import FileError
from quizapp.people.rules.roster import COLUMNS, MAX_ROWS

MAX_COLUMNS = 100
_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')


def read_rows(content: bytes, name: str) -> list[list[str]]:
    """The first sheet as rows of text; `name` only serves the messages. Raises FileError."""
    if not content.strip():
        raise FileError("%(file)s 是空的，请换一个文件", file=name)
    handed_in.check_size(name, len(content))
    if Path(name).suffix:  # a roster kept since its trial has lost its own name
        handed_in.check_kind(name, content)
    if content.startswith(b"PK"):
        handed_in.check_package(name, content, partial(_check_extent, name))
        return _sheet(content, name)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _sheet(content, name)
    return _csv(content, name)


def _check_extent(name: str, part: str, sheet: bytes) -> None:
    """A sheet is held as a full rectangle, so one cell far outside would cost gigabytes."""
    for match in _CELL.finditer(sheet) if part.startswith("xl/worksheets/") else ():
        if int(match[2]) > 2 * MAX_ROWS or _column(match[1]) > MAX_COLUMNS:
            raise FileError("%(file)s 在第 %(row)s 行 %(column)s 列还有内容，范围太大；请把名册另存到新的工作簿",
                            file=name, row=match[2].decode(), column=match[1].decode())


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sheet(content: bytes, name: str) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # not in every server process

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = workbook.get_sheet_by_index(0)
        if sheet.total_height > 2 * MAX_ROWS or sheet.total_width > MAX_COLUMNS:  # an .xls tells only now
            raise FileError("%(file)s 在第 %(row)s 行 %(column)s 列还有内容，范围太大；请把名册另存到新的工作簿",
                            file=name, row=sheet.total_height, column=sheet.total_width)
        return [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, PasswordError, OSError, IndexError) as error:
        raise FileError("%(file)s 打不开，可能已经损坏或者有密码，请另存后再试", file=name) from error


def _text(cell: object) -> str:
    """A work number that Excel took for a number has no decimals."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _csv(content: bytes, name: str) -> list[list[str]]:
    """UTF-8 with or without mark, or GB 18030 as Chinese office programs write it; comma or tab between cells."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise FileError("%(file)s 的文字编码不能识别，请另存为 Excel 或者 UTF-8 的 CSV", file=name)
    if "\0" in text:
        raise FileError("%(file)s 不是名册，请用 .xlsx、.xls 或者 .csv", file=name)
    tabs = "\t" in text.split("\n", 1)[0]
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter="\t" if tabs else ","))
    except csv.Error as error:
        raise FileError("%(file)s 的格式不完整，请另存为 Excel 后再试", file=name) from error


def template() -> bytes:
    """An empty workbook with the columns of a roster; cells are text, so that numbers keep their zeros."""
    from openpyxl import Workbook  # see quizapp.ui.tables
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "名册"
    sheet.append(list(COLUMNS))
    for index in range(1, len(COLUMNS) + 1):
        sheet.cell(1, index).font = Font(bold=True)
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = 20
        sheet.column_dimensions[letter].number_format = "@"
        for row in range(2, 202):
            sheet.cell(row, index).number_format = "@"
    sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
