"""Long work of filings: files of very many people or units."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from quizapp.db import db
from quizapp.filings import printing, queries
from quizapp.i18n import N_
from quizapp.jobs.rules import Progress, work
from quizapp.kernel.roles import REPORT_READERS
from quizapp.reports import export_files
from quizapp.reports.queries.reader import reader

SUMMARY = N_("已写好上报件的文件，保留 7 天")


@work("filings.write", N_("导出上报件"), REPORT_READERS)
def write(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Write a file of a version: `filing`, `version`, `kind`, `people`, `person`, `address`."""
    job_id, session = UUID(params["job"]), db.session()
    me = reader(session, params["person"])
    filing = queries.get(session, params["filing"])
    view = printing.viewed(filing, queries.version_of(session, filing.id, params["version"]), me.scope)
    content = printing.make(session, view, params["kind"], address=params["address"], with_people=params["people"], progress=progress)
    name = printing.name_of(view, params["kind"])
    export_files.write(job_id, content)
    return {"summary": SUMMARY, "values": {}, "address": f"/filings/files/{job_id}", "file_name": name,
            "scope": list(me.scope)}
