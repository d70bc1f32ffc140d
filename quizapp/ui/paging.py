"""The one table over a query that is too large to read whole: the database sorts, filters and pages it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask import request

from quizapp.ui.tables import PER_PAGE, Column, Table

Row = TypeVar("Row")
# a download is one file in memory; whoever needs more narrows the filter
DOWNLOAD_ROWS = 100_000


@dataclass(frozen=True)
class Window:
    """Which rows the query must bring: sorted by the column `sort` ("" for its own order), so many, from where."""

    sort: str
    descending: bool
    limit: int
    offset: int


def paged_table(
    name: str,
    caption: str,
    columns: Sequence[Column[Row]],
    total: int,
    fetch: Callable[[Window], Sequence[Row]],
    *,
    filterable: bool = True,
) -> Table[Row]:
    """The page of `total` rows that the address asks for, or all of them for a download."""
    asked = request.args.get("sort", "")
    column = next((c for c in columns if c.key == asked.lstrip("-") and c.sortable), None)
    sort, descending = (column.key, asked.startswith("-")) if column else ("", False)
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(request.args.get("page", 1, int), 1), pages)
    if "download" in request.args:
        window = Window(sort, descending, DOWNLOAD_ROWS, 0)
    else:
        window = Window(sort, descending, PER_PAGE, (page - 1) * PER_PAGE)
    params = {key: value for key, value in request.args.items() if value and key != "download"}
    return Table(name, caption, columns, fetch(window), total, sort, descending, request.args.get("q", "").strip(),
                 page, pages, filterable, params)
