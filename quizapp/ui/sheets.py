"""Sheets of a workbook with typed cells. Imported where one is written: see `tables`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from quizapp.kernel.rates import Rate
from quizapp.ui.cells import safe_cell

PERCENT, MARKS, COUNT, MOMENT = "0.00%", "0.00", "#,##0", "yyyy-mm-dd hh:mm"
A4 = 9  # as Excel counts sizes of paper


@dataclass(frozen=True, slots=True)
class Indented:
    """A name, set in by its depth."""

    text: str
    level: int


class Sheet:
    """One sheet: what stands above (the title, then lines of small print), a head that stays in view, the rows."""

    def __init__(self, book: Any, name: str, above: Sequence[str], widths: Sequence[int], frozen: int = 0) -> None:
        """`frozen`: columns that stay in view as well."""
        self.sheet = book.create_sheet(name)
        head_row = len(above) + 2
        self.sheet.freeze_panes = f"{get_column_letter(frozen + 1)}{head_row + 1}"
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.paperSize = A4
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr.fitToPage = True
        self.sheet.print_title_rows = f"{head_row}:{head_row}"
        for index, width in enumerate(widths, 1):
            self.sheet.column_dimensions[get_column_letter(index)].width = width
        self.sheet.append([self._styled(above[0], font=Font(bold=True, size=14))])
        for line in above[1:]:
            self.sheet.append([safe_cell(line)])
        self.sheet.append([])

    def write(self, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        self.sheet.append([self._head(word) for word in head])
        for row in rows:
            self.sheet.append([self._cell(value) for value in row])

    def formatted(self, number_format: str) -> Any:
        """An empty cell for rows by the thousand: each is written as soon as it is handed over, so that one cell whose
        value is set anew serves all of them."""
        return self._number(None, number_format)

    def _head(self, word: str) -> Any:
        return self._styled(word, font=Font(bold=True), fill=PatternFill("solid", fgColor="E6ECEB"),
                            alignment=Alignment(wrap_text=True, vertical="bottom"))

    def _styled(self, text: str, **style: Any) -> Any:
        cell = WriteOnlyCell(self.sheet, safe_cell(text))
        for name, value in style.items():
            setattr(cell, name, value)
        return cell

    def _cell(self, value: Any) -> Any:
        if isinstance(value, str):
            return safe_cell(value)
        if isinstance(value, Indented):
            return self._styled(value.text, alignment=Alignment(indent=value.level))
        if isinstance(value, Rate):
            return None if value.percent is None else self._number(value.percent / 100, PERCENT)
        if isinstance(value, Decimal):
            return self._number(value, MARKS)
        if isinstance(value, int):
            return self._number(value, COUNT)
        return self._number(value, MOMENT) if isinstance(value, datetime) else value

    def _number(self, value: Any, number_format: str) -> Any:
        cell = WriteOnlyCell(self.sheet, value)
        cell.number_format = number_format
        return cell
