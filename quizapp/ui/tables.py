"""One table for the whole product: sorted, filtered, paged and downloaded by the address alone.

A view describes columns and hands in rows; the address carries `sort`, `q`, `page` and `download`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

from flask import Response, g, request

from quizapp.ui.cells import csv_file, safe_cell, sheet_name

Row = TypeVar("Row")
PER_PAGE = 50


@dataclass(frozen=True)
class Column(Generic[Row]):
    """`value` gives the plain value (sorted, filtered, exported); `link` an address; `tag` a state class.

    `kind`: text, short (never broken), number, time or tag. Figures stand right, names left. `base` is the small line in the head
    that names what a rate is divided by.
    """

    key: str
    label: str
    value: Callable[[Row], Any]
    kind: str = "text"
    link: Callable[[Row], str | None] | None = None
    tag: Callable[[Row], str] | None = None
    show: Callable[[Row], str] | None = None
    base: str = ""
    sortable: bool = True


@dataclass(frozen=True)
class Table(Generic[Row]):
    """What the template draws: the visible rows, and addresses for every way to change the view."""

    name: str
    caption: str
    columns: Sequence[Column[Row]]
    rows: Sequence[Row]
    total: int
    sort: str
    descending: bool
    query: str
    page: int
    pages: int
    filterable: bool = True
    params: dict[str, str] = field(default_factory=dict)

    def address(self, **changes: object) -> str:
        """This page's address with some parameters changed; None removes one."""
        params = {**self.params, **{key: value for key, value in changes.items() if value is not None}}
        params = {key: str(value) for key, value in params.items() if changes.get(key, "") is not None}
        return request.path + ("?" + urlencode(params) if params else "")

    def sort_address(self, column: Column[Row]) -> str:
        descending = self.sort == column.key and not self.descending
        return self.address(sort=("-" if descending else "") + column.key, page=None)

    def text(self, column: Column[Row], row: Row) -> str:
        if column.show:
            return column.show(row)
        value = column.value(row)
        if value is None or value == "":
            return "—"
        if column.kind == "number" and isinstance(value, int):
            return f"{value:,}"
        return str(value)


def build_table(
    name: str, caption: str, columns: Sequence[Column[Row]], rows: Sequence[Row], *, filterable: bool = True
) -> Table[Row]:
    """Filter, sort and page rows that are already in memory, as the address asks."""
    query = request.args.get("q", "").strip()
    found = [row for row in rows if _matches(columns, row, query)] if query else list(rows)
    sort = request.args.get("sort", "")
    descending = sort.startswith("-")
    column = next((c for c in columns if c.key == sort.lstrip("-") and c.sortable), None)
    if column is not None:
        found.sort(key=lambda row: sort_key(column.value(row)), reverse=descending)
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(max(request.args.get("page", 1, int), 1), pages)
    visible = found if "download" in request.args else found[(page - 1) * PER_PAGE : page * PER_PAGE]
    params = {key: value for key, value in request.args.items() if value and key != "download"}
    return Table(
        name, caption, columns, visible, len(found), column.key if column else "", descending, query, page, pages,
        filterable, params,
    )


def sort_key(value: Any) -> tuple[int, Any]:
    """Empty values last, numbers by size, the rest as text."""
    if value is None:
        return (2, "")
    if isinstance(value, str):
        return (1, value)
    return (0, value)


def _matches(columns: Sequence[Column[Row]], row: Row, query: str) -> bool:
    text = " ".join(str(c.show(row) if c.show else c.value(row)) for c in columns).lower()
    return all(word in text for word in query.lower().split())


def download(table: Table[Any]) -> Response | None:
    """The table as CSV or Excel when the address says `download=csv|xlsx`, otherwise None."""
    wanted = request.args.get("download")
    if wanted in ("csv", "xlsx"):
        g.rows_in_file = len(table.rows)  # for the record of files that leave the house
    if wanted == "csv":
        return as_file(csv_bytes(table), f"{table.name}.csv", CSV)
    if wanted == "xlsx":
        return as_file(xlsx_bytes(table), f"{table.name}.xlsx", XLSX)
    return None


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
MEDIA_TYPES = {
    "xlsx": XLSX, "csv": CSV, "json": "application/json; charset=utf-8", "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def as_file(content: bytes, file_name: str, media_type: str) -> Response:
    """A download with a Chinese file name (RFC 6266)."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name, safe='')}"
    return response


def head_of(column: Column[Any]) -> str:
    return f"{column.label}（{column.base}）" if column.base else column.label


def csv_bytes(table: Table[Any]) -> bytes:
    return csv_file([[head_of(c) for c in table.columns], *([_plain(c, row) for c in table.columns] for row in table.rows)])


def xlsx_bytes(table: Table[Any]) -> bytes:
    # imported here, as wherever a workbook is written: it takes 25 MB of every process that has it at hand
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    sheet = workbook.create_sheet(sheet_name(table.name))
    sheet.append([safe_cell(head_of(c)) for c in table.columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in table.rows:
        sheet.append([safe_cell(_plain(c, row)) for c in table.columns])
    sheet.freeze_panes = "A2"
    for index, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = 12 if column.kind == "number" else 24
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _plain(column: Column[Any], row: Any) -> Any:
    value = column.value(row)
    if column.show and column.kind != "number":
        return column.show(row)
    return value if isinstance(value, str | int | float) or value is None else str(value)
