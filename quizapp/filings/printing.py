"""One version as a file of one kind, for one reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.access import ALL_UNITS
from quizapp.filings import queries
from quizapp.filings.models import Filing, FilingVersion
from quizapp.filings.rules.content import Content, closed_units, code_of, from_json, places_in, seen_by
from quizapp.filings.rules.layout import Stamp
from quizapp.i18n import speaking
from quizapp.jobs.rules import Progress, silent
from quizapp.kernel.errors import NotFoundError
from quizapp.reports.exports import MANY

KINDS = ("xlsx", "docx", "pdf", "csv", "json")
MANY_LINES = 1_000  # units; a longer document is written by the worker, as is a workbook of many people


@dataclass(frozen=True)
class View:
    """What a reader gets of a version: the whole, or the lines of their own units."""

    filing: Filing
    version: FilingVersion
    content: Content
    places: tuple[str, ...]
    whole: bool

    @property
    def count(self) -> int:
        return self.content.people


def viewed(filing: Filing, version: FilingVersion, scope: Sequence[str]) -> View:
    """Raises NotFoundError where nothing of it is the reader's to see. Only reports by unit have parts: a year's report
    and a notice speak of the whole agency."""
    content = from_json(version.content)
    if ALL_UNITS in scope:
        return View(filing, version, content, (), True)
    places = places_in(content.rows, scope) if filing.kind == "exam" else ()
    rows = seen_by(content.rows, places)
    if not rows:
        raise NotFoundError(queries.NO_FILING)
    return View(filing, version, replace(content, rows=rows, sections=(), facts=closed_units(content.facts, rows)), places, False)


def stamp_of(view: View, address: str = "") -> Stamp:
    version = view.version
    at = f"{clock.to_local(version.at):%Y-%m-%d %H:%M}"
    code = code_of(version.digest).replace(" ", "")
    link = f"{address}?number={view.filing.number}&version={version.version}&code={code}" if address else ""
    return Stamp(view.filing.number, version.version, at, version.digest, version.signature, version.key, link, not view.whole)


def name_of(view: View, kind: str) -> str:
    part = "" if view.whole else "（节选）"
    return f"{view.filing.number} {view.filing.title} 第{view.version.version}版{part}.{kind}"


def make(session: Session, view: View, kind: str, *, address: str = "", with_people: bool = False,
         progress: Progress = silent) -> bytes:
    """The file. In Chinese whoever asks: this is what was handed in."""
    from quizapp.filings.files import plain

    stamp = stamp_of(view, address)
    with speaking("zh"):
        if kind == "csv":
            return plain.csv_bytes(view.content)
        if kind == "json":
            return plain.json_bytes(view.content, stamp)
        # imported here, as wherever these are written: each takes tens of megabytes of a process
        if kind == "docx":
            from quizapp.filings.files import word

            return word.docx_bytes(view.content, stamp)
        if kind == "pdf":
            from quizapp.filings.files import pdf

            return pdf.pdf_bytes(view.content, stamp)
        return _workbook(session, view, stamp, with_people, progress)


def _workbook(session: Session, view: View, stamp: Stamp, with_people: bool, progress: Progress) -> bytes:
    from quizapp.filings.files import workbook

    people = None
    exam_id = view.filing.exam_id
    if with_people and view.count and exam_id is not None:
        units = None if view.whole else queries.units_below(session, exam_id, view.places)
        people = queries.named_people(session, view.version.id, exam_id, units)
    return workbook.xlsx_bytes(view.content, stamp, people, view.count, progress)


def is_long(view: View, kind: str, with_people: bool) -> bool:
    """Whether nobody should wait for it with an open request."""
    if kind in ("pdf", "docx"):
        return len(view.content.rows) > MANY_LINES
    return kind == "xlsx" and with_people and view.count > MANY
