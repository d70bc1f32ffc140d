"""The one blueprint of this feature, and what its routes share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from quizapp.access import actor
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.i18n import N_
from quizapp.kernel.roles import REPORT_READERS
from quizapp.ui.tables import Table, download

bp = Blueprint("reports", __name__, template_folder="../templates")
NAV = [
    {"endpoint": "reports.index", "label": N_("报表"), "section": "reports", "tabs_on": ("reports.index", "reports.ledger"),
     "icon": "report", "roles": REPORT_READERS,
     "order": 60},
]


def note(action: str, object_type: str, object_id: int, detail: dict[str, Any]) -> None:
    me = actor()
    with db.transaction() as session:
        audit.record(session, action, object_type, object_id, actor_id=me.id, actor=me.name,
                     address=request.remote_addr or "", detail=detail)


def file_of(table: Table[Any], object_type: str, object_id: int) -> Response | None:
    """The table as a file where the address asks for one; names leaving the house are put on record."""
    answer = download(table)
    if answer is not None:
        note("download_names", object_type, object_id, {"table": table.name, "rows": table.total})
    return answer
