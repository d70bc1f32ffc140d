"""Reading the record: a list that the database filters and pages, and one act with all its facts."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from quizapp.access import actor, allow
from quizapp.audit import queries, service, units
from quizapp.audit.forms import FilterForm
from quizapp.audit.models import AuditEvent
from quizapp.audit.names import OUTCOMES, action_name, fact_name, object_name, outcome_name, person_name
from quizapp.audit.pages import EventPage, EventsPage
from quizapp.audit.rules import REFUSED, chained, differences
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
     "roles": (Role.AUDITOR,)},
]


@bp.get("/audit")
@allow(Role.AUDITOR)
def events() -> Response:
    session, form = db.session(), FilterForm.read(request.args)

    def fetch(window: Window) -> list[AuditEvent]:
        return queries.page(session, form.filters, limit=window.limit, offset=window.offset,
                            oldest_first=window.sort == "number" and not window.descending)

    table = paged_table(_("审计记录"), _("谁在什么时候做了什么"), columns(), queries.count(session, form.filters), fetch,
                        filterable=False)
    file = download(table)
    if file is not None:
        note_export(form, len(table.rows))
        return file
    cut = queries.cut(session)
    return render(EventsPage(
        table, form.typed, form.problem, form.active,
        [(code, action_name(code)) for code in queries.actions(session)],
        [(code, object_name(code)) for code in queries.object_types(session) if code],
        [(code, _(name)) for code, name in OUTCOMES.items()], units.choices(session), cut.number if cut else None,
    ))


def columns() -> list[Column[AuditEvent]]:
    def link(event: AuditEvent) -> str:
        return url_for("audit.event", number=event.number)

    return [
        Column("number", _("序号"), lambda e: e.number, "number", link=link),
        Column("at", _("时间"), lambda e: e.at, "time", show=lambda e: show_time(e.at), sortable=False),
        Column("actor", _("操作人"), lambda e: person_name(e.actor), "short", sortable=False),
        Column("action", _("操作"), lambda e: action_name(e.action), "short", sortable=False),
        Column("outcome", _("结果"), lambda e: outcome_name(e.outcome), "tag", tag=lambda e: "err" if e.outcome == REFUSED else "",
               sortable=False),
        Column("object", _("对象"), lambda e: object_label(e), sortable=False),
        Column("detail", _("内容"), detail_line, sortable=False),
        Column("address", _("来自"), lambda e: e.address, "short", sortable=False),
    ]


def object_label(event: AuditEvent) -> str:
    return f"{object_name(event.object_type)} {event.object_id}" if event.object_type else ""


def detail_line(event: AuditEvent) -> str:
    """The detail in one line, cut where it would fill the table."""
    changed, rest = differences(event.detail)
    parts = [f"{fact_name(name)} {before or '—'} → {after or '—'}" for name, before, after in changed]
    line = "；".join([*parts, *(f"{fact_name(name)} {value}" for name, value in rest)])
    return line if len(line) <= 120 or "download" in request.args else line[:119] + "…"


def note_export(form: FilterForm, rows: int) -> None:
    """Taking the record out of the platform is itself an act."""
    used: dict[str, object] = {name: value for name, value in form.typed.items() if value}
    used["rows"] = rows
    with db.transaction() as session:
        service.record(session, "export_audit", "audit", "events", actor_id=actor().id, actor=actor().name,
                       address=request.remote_addr or "", detail=used)


@bp.get("/audit/<int:number>")
@allow(Role.AUDITOR)
def event(number: int) -> Response:
    session = db.session()
    found = queries.by_number(session, number)
    if found is None:
        raise NotFoundError("没有这条审计记录，请检查序号")
    changed, rest = differences(found.detail)
    return render(EventPage(
        found, action_name(found.action), person_name(found.actor), object_label(found),
        [(fact_name(name), before, after) for name, before, after in changed],
        [(fact_name(name), value) for name, value in rest], outcome_name(found.outcome), found.outcome == REFUSED,
        found.hash == chained(found.previous, found.facts), *queries.neighbours(session, number),
    ))
