"""Long work of reports, and tidying up after it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from quizapp import clock
from quizapp.db import db
from quizapp.i18n import N_, speaking
from quizapp.jobs.rules import Progress, regularly, work
from quizapp.kernel.roles import REPORT_READERS
from quizapp.reports import export_files, exports
from quizapp.reports.queries import exam as queries
from quizapp.reports.queries.reader import reader
from quizapp.reports.rules.report import Choice

SUMMARY = N_("已写好 %(n)s 人的 Excel 文件，保留 7 天")


@work("reports.export", N_("导出考试报表"), REPORT_READERS)
def export(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Write the workbook of an exam: `exam`, `person`, `scope` (unit paths), `filters` (as in an address) and
    `language`."""
    job_id = UUID(params["job"])
    session, choice = db.session(), Choice.from_address(params["filters"])
    me = reader(session, params["person"])
    scope = tuple(path for path in params["scope"] if me.sees(path))
    with speaking(params["language"]):
        report = queries.exam_report(session, params["exam"], scope, choice, clock.now())
        rows = queries.people(session, params["exam"], scope, choice)
        content = exports.xlsx_bytes(report, rows, progress)
        file_name = exports.file_name(report, params["kind"])
    export_files.write(job_id, content)
    return {"summary": SUMMARY, "values": {"n": len(rows)}, "address": f"/reports/exports/{job_id}",
            "file_name": file_name}


@regularly
def remove_old_exports() -> None:
    export_files.sweep()
