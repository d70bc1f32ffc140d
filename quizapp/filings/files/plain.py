"""CSV and JSON of a filing."""

from __future__ import annotations

import json
from typing import Any

from quizapp.filings.rules.content import SCHEMA, Content, to_json
from quizapp.filings.rules.layout import Stamp, row_name
from quizapp.kernel.rates import Rate
from quizapp.ui.cells import csv_file


def csv_bytes(content: Content) -> bytes:
    """A line for each line of the table; a rate as a percentage with its two parts beside it."""
    head = [content.row_name, "所在路径"]
    for column in content.columns:
        if column.kind == "rate":
            head += [f"{column.name}（{column.base}，%）", f"{column.name}（{column.base}）分子", f"{column.name}（{column.base}）分母"]
        else:
            head.append(column.head)
    rows = []
    for row in content.rows:
        cells: list[Any] = [row_name(row), " / ".join(row.path)]
        for value in row.values:
            if isinstance(value, Rate):
                cells += ["" if value.percent is None else str(value.percent), value.numerator, value.denominator]
            else:
                cells.append("" if value is None else value)
        rows.append(cells)
    return csv_file([head, *rows])


def json_bytes(content: Content, stamp: Stamp) -> bytes:
    """The content with its seal: of a whole filing the digest can be worked out again from `content`."""
    document = {
        "schema": SCHEMA, "number": stamp.number, "version": stamp.version, "at": stamp.at, "extract": stamp.extract,
        "digest": stamp.digest, "key": stamp.key, "signature": stamp.signature, "content": to_json(content),
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
