"""Cells of the files that people download: no text in them can run as a formula. Every export writes through here."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

# the full-width signs as well: office programs of East Asia take a cell that begins with one for a formula
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BLANKS = " \u00a0\u3000\u200b\u2060\ufeff"  # what some programs cut off before they look
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
SHEET_NAME = 31  # characters, by Excel


def safe_cell(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front; what no workbook can hold is left
    out. Anything but a text stays as it is."""
    if not isinstance(value, str):
        return value
    text = _NOT_IN_XML.sub("", value)
    return "'" + text if text.lstrip(_BLANKS).startswith(FORMULA_STARTS) else text


def csv_file(rows: Iterable[Sequence[Any]]) -> bytes:
    """RFC 4180, in UTF-8 with a byte-order mark, so that office programs open it in the right encoding."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def sheet_name(text: str) -> str:
    """A name that a sheet may have."""
    kept = _NOT_IN_NAMES.sub(" ", text).strip(" '").lstrip("".join(FORMULA_STARTS))[:SHEET_NAME].strip(" '")
    return kept or "1"
