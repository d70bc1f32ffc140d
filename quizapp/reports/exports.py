"""Excel, CSV and JSON of one `ExamReport`: the same figures as the page, each rate with its base in the head."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from quizapp import clock
from quizapp.i18n import N_, _
from quizapp.jobs.rules import Progress, silent
from quizapp.kernel.rates import Rate
from quizapp.reports.figures import FIGURES, Measured
from quizapp.reports.queries.exam import PersonRow
from quizapp.reports.rules.report import ExamReport, to_json
from quizapp.reports.rules.tally import Tally
from quizapp.ui.cells import csv_file

MANY = 5_000  # people; a longer workbook is written by the worker
WRITING = N_("写入人员明细")


def json_text(report: ExamReport) -> str:
    return json.dumps(to_json(report, clock.to_local(report.generated_at)), ensure_ascii=False, indent=2)


def csv_bytes(report: ExamReport) -> bytes:
    """One line per unit, UTF-8 with a byte-order mark; rates are percentages with two decimals."""
    head = [_("单位"), _("所在路径"), *(_csv_head(f) for f in FIGURES)]
    rows = ([row.name, " / ".join(row.branch.names), *(_csv_value(f.of(row.all)) for f in FIGURES)] for row in report.rows)
    return csv_file([head, *rows])


def _csv_head(figure: Measured) -> str:
    """A plain number does not say that it is a percentage: the head does."""
    return figure.head.replace("）", "，%）") if isinstance(figure.of(Tally()), Rate) else figure.head


def _csv_value(value: int | Rate | Decimal | None) -> str:
    plain = value.percent if isinstance(value, Rate) else value
    return "" if plain is None else str(plain)


def is_long(report: ExamReport) -> bool:
    """Whether so many people are in view that nobody should wait for the workbook with an open request."""
    total = report.total
    return total.expected + total.excused + total.deferred > MANY


def file_name(report: ExamReport, kind: str) -> str:
    return f"{report.exam.title} {_('参考与合格情况')}.{kind}"


def xlsx_bytes(report: ExamReport, people: Sequence[PersonRow], progress: Progress = silent) -> bytes:
    """Four sheets: summary, units, people, definitions."""
    from quizapp.reports import workbook  # see quizapp.ui.tables

    return workbook.xlsx_bytes(report, people, progress)
