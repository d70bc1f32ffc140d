"""Reading the record: a list that the database filters and pages, and one act with all its facts."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from quizapp.access import actor, allow
from quizapp.audit import queries, service
from quizapp.audit.forms import FilterForm
from quizapp.audit.models import AuditEvent
from quizapp.audit.names import action_name, fact_name, object_name
from quizapp.audit.pages import EventPage, EventsPage
from quizapp.audit.rules import chained, steps
from quizapp.db import db
from quizapp.i18n import N_, _, show_time
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.roles import Role
from quizapp.ui.pages import render
from quizapp.ui.paging import Window, paged_table
from quizapp.ui.tables import Column, download

bp = Blueprint("audit", __name__, template_folder="templates")
NAV = [
    {"endpoint": "audit.events", "label": N_("审计"), "section": "audit", "icon": "audit", "order": 90,
     "roles": (Role.AUDITOR, Role.SYSTEM_ADMIN)},
]


@bp.get("/audit")
@allow(Role.AUDITOR, Role.SYSTEM_ADMIN)
def events() -> Response:
    session, form = db.session(), FilterForm.read(request.args)

    def fetch(window: Window) -> list[AuditEvent]:
        return queries.page(session, form.filters, limit=window.limit, offset=window.offset,
                            oldest_first=window.sort == "number" and not window.descending)

    table = paged_table(_("审计记录"), _("谁在什么时候做了什么"), columns(), queries.count(session, form.filters), fetch,
                        filterable=False)
    file = download(table)
    if file is not None:
        note_export(form)
        return file
    return render(EventsPage(
        table, form.typed, form.problem, form.active,
        [(code, action_name(code)) for code in queries.actions(session)],
        [(code, object_name(code)) for code in queries.object_types(session)],
    ))


def columns() -> list[Column[AuditEvent]]:
    def link(event: AuditEvent) -> str:
        return url_for("audit.event", number=event.number)

    return [
        Column("number", _("序号"), lambda e: e.number, "number", link=link),
        Column("at", _("时间"), lambda e: e.at, "time", show=lambda e: show_time(e.at), sortable=False),
        Column("actor", _("操作人"), lambda e: e.actor, "short", sortable=False),
        Column("action", _("操作"), lambda e: action_name(e.action), "short", sortable=False),
        Column("object", _("对象"), lambda e: object_label(e), sortable=False),
        Column("detail", _("内容"), detail_line, sortable=False),
        Column("address", _("来自"), lambda e: e.address, "short", sortable=False),
    ]


def object_label(event: AuditEvent) -> str:
    return f"{object_name(event.object_type)} {event.object_id}"


def detail_line(event: AuditEvent) -> str:
    """The detail in one line, cut where it would fill the table."""
    line = "；".join(f"{fact_name(name)} {value}" for name, value in steps(event.detail))
    return line if len(line) <= 120 or "download" in request.args else line[:119] + "…"


def note_export(form: FilterForm) -> None:
    """Taking the record out of the platform is itself an act."""
    used = {name: value for name, value in form.typed.items() if value}
    with db.transaction() as session:
        service.record(session, "export_audit", "audit", "events", actor_id=actor().id, actor=actor().name,
                       address=request.remote_addr or "", detail=used)


@bp.get("/audit/<int:number>")
@allow(Role.AUDITOR, Role.SYSTEM_ADMIN)
def event(number: int) -> Response:
    session = db.session()
    found = queries.by_number(session, number) if number < 2**31 else None
    if found is None:
        raise NotFoundError("没有这条审计记录，请检查序号")
    last = queries.head(session).number
    return render(EventPage(
        found, action_name(found.action), object_label(found),
        [(fact_name(name), value) for name, value in steps(found.detail)],
        found.hash == chained(found.previous, found.facts),
        number - 1 if number > 1 else None, number + 1 if number < last else None,
    ))
