"""The PDF of a filing: drawn by typst from the same blocks as the Word document, with the seal at its foot.

Imported where one is written. Nothing is pasted into the source: the document goes in as data.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quizapp.filings.rules.content import Content, code_of
from quizapp.filings.rules.layout import Document, Stamp, Table, attached, document
from quizapp.filings.rules.traces import BLANK

if TYPE_CHECKING:
    import typst

_CONTROLS = re.compile(r"\\u00[01][0-9a-f](?<!\\u000a)|\\[bfrt]|[\x7f-\x9f]")  # as JSON writes them; a line break stays
SOURCE = Path(__file__).with_name("document.typ")


def pdf_bytes(content: Content, stamp: Stamp) -> bytes:
    import typst

    drawn = document(content, extract=stamp.extract)
    data = _CONTROLS.sub("", json.dumps(_data(drawn, stamp, content.as_of), ensure_ascii=False))
    try:
        return bytes(typst.compile(SOURCE.read_bytes(), font_paths=_fonts(), sys_inputs={"data": data}, pdf_standards="a-2b"))
    except typst.TypstError:
        # a sign that neither font has: the standard for archives forbids the empty box, a report needs it
        return bytes(typst.compile(SOURCE.read_bytes(), font_paths=_fonts(), sys_inputs={"data": data}))


@cache
def _fonts() -> typst.Fonts:
    """Read once in a process: Song and Hei, whatever the machine has."""
    import pylopdf_fonts_zh_cn
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(Path(pylopdf_fonts_zh_cn.__file__).parent)])


def _data(drawn: Document, stamp: Stamp, as_of: str) -> dict[str, Any]:
    return {
        "title": drawn.title, "to": drawn.to, "agency": drawn.agency, "signed": drawn.signed, "blank": BLANK,
        "body": [_block(block.kind, block.text, block.table) for block in drawn.body],
        "attached": attached([one.title for one in drawn.attachments]) if drawn.attachments and drawn.signed else [],
        "attachments": [
            {"title": one.title, "wide": one.wide, "blocks": [_block(b.kind, b.text, b.table) for b in one.blocks]}
            for one in drawn.attachments
        ],
        "line": stamp.line, "digest": stamp.digest, "code": code_of(stamp.digest), "signature": stamp.signature, "key": stamp.key,
        "number": stamp.number, "version": stamp.version, "at": stamp.at, "as_of": as_of[:16].replace("T", " "),
        "extract": stamp.extract, "address": stamp.address, "square": _square(stamp), "made": [int(part) for part in stamp.at[:10].split("-")],
    }


def _square(stamp: Stamp) -> str:
    """The address as a QR code, for who holds the paper; empty where no address is known."""
    if not stamp.address:
        return ""
    import segno

    buffer = io.BytesIO()
    segno.make(stamp.address, error="m").save(buffer, kind="svg", border=0, xmldecl=False, svgns=True)
    return buffer.getvalue().decode()


def _block(kind: str, text: str, table: Table | None) -> dict[str, Any]:
    if table is None:
        return {"kind": kind, "text": text}
    drawn = asdict(table)
    return {"kind": "table", "table": {**drawn, "strong": sorted(table.strong), "narrow": len(table.head) == 5}}
