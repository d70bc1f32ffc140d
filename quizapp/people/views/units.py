"""The unit tree: seen by everybody who sees people, within their scope, changed by system administrators."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import ALL_UNITS, actor, allow
from quizapp.db import db
from quizapp.i18n import _, explain
from quizapp.incoming import whole
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.kernel.roles import Role
from quizapp.people import queries, service
from quizapp.people.forms import UnitForm
from quizapp.people.models import Unit
from quizapp.people.pages import UnitPage, UnitsPage
from quizapp.people.rules.memberships import ADMINISTRATIVE, PARTY
from quizapp.people.views.blueprint import READERS, bp, note
from quizapp.ui.pages import render


@bp.get("/units")
@allow(*READERS)
def units() -> Response:
    """One of the two trees; that of the Party only for those who see the whole agency."""
    closed, both = "closed" in request.args, ALL_UNITS in actor().scope
    kind = _kind() if both else ADMINISTRATIVE
    tree = queries.tree(db.session(), clock.today(), actor().scope, closed=closed, kind=kind)
    return render(UnitsPage(tree, closed, actor().has(Role.SYSTEM_ADMIN), kind, both))


def _kind() -> str:
    """Which tree the address asks for."""
    return PARTY if request.args.get("tree") == PARTY else ADMINISTRATIVE


def _tree(kind: str, anchor: str | None = None) -> str:
    """The address of a tree."""
    return url_for("people.units", tree=PARTY if kind == PARTY else None, _anchor=anchor)


def _new_form(kind: str, **proposed: int) -> UnitForm:
    form = UnitForm(formdata=None, **proposed) if request.method == "GET" else UnitForm()
    form.offer_parents(queries.units(db.session(), kind), top=kind == PARTY)
    return form


@bp.get("/units/new")
@allow(Role.SYSTEM_ADMIN)
def new_unit() -> Response:
    kind = _kind()
    form = _new_form(kind, parent=request.args.get("parent", 0, whole))
    return render(UnitPage(form, "", None, 0, kind))


@bp.post("/units/new")
@allow(Role.SYSTEM_ADMIN)
def new_unit_post() -> Response | BaseResponse:
    kind, problem = _kind(), ""
    form = _new_form(kind)
    if form.validate():
        try:
            with db.transaction() as session:
                parent = queries.get_unit(session, form.parent.data) if form.parent.data else None
                unit = service.add_unit(session, form.code.data, form.name.data, parent, kind=kind)
                note(session, "add_unit", "unit", unit.id,
                     {"code": unit.code, "name": unit.name, "parent": parent.name if parent else ""})
        except (InputError, ConflictError) as error:
            problem = explain(error)
        else:
            flash(_("已新增“%(name)s”", name=unit.name), "ok")
            return redirect(_tree(kind), 303)
    return render(UnitPage(form, problem, None, 0, kind), 422)


@bp.get("/units/<int:unit_id>")
@allow(Role.SYSTEM_ADMIN)
def unit(unit_id: int) -> Response:
    found = queries.get_unit(db.session(), unit_id)
    form = UnitForm(formdata=None, code=found.code, name=found.name)
    form.drop_parent()
    return _unit_page(form, "", found)


@bp.post("/units/<int:unit_id>")
@allow(Role.SYSTEM_ADMIN)
def unit_post(unit_id: int) -> Response | BaseResponse:
    form, problem = UnitForm(), ""
    form.drop_parent()
    if form.validate():
        try:
            with db.transaction() as session:
                found = queries.get_unit(session, unit_id)
                before = {"code": found.code, "name": found.name}
                service.change_unit(session, found, form.code.data, form.name.data)
                note(session, "rename_unit", "unit", unit_id,
                     {"before": before, "after": {"code": found.code, "name": found.name}})
        except InputError as error:
            problem = explain(error)
        else:
            flash(_("已保存“%(name)s”", name=found.name), "ok")
            return redirect(_tree(found.kind), 303)
    return _unit_page(form, problem, queries.get_unit(db.session(), unit_id), 422)


def _unit_page(form: UnitForm, problem: str, found: Unit, status: int = 200) -> Response:
    people = queries.people_in(db.session(), found.id, clock.today())
    return render(UnitPage(form, problem, found, people, found.kind), status)


@bp.post("/units/<int:unit_id>/move")
@allow(Role.SYSTEM_ADMIN)
def move_unit(unit_id: int) -> BaseResponse:
    """One place up or down among the siblings."""
    up = request.form.get("step") == "up"
    with db.transaction() as session:
        found = queries.get_unit(session, unit_id)
        if service.move_unit(session, found, -1 if up else 1):
            note(session, "order_unit", "unit", unit_id, {"name": found.name, "direction": "up" if up else "down"})
    return redirect(_tree(found.kind, f"u{unit_id}"), 303)


@bp.post("/units/<int:unit_id>/close")
@allow(Role.SYSTEM_ADMIN)
def close_unit(unit_id: int) -> Response | BaseResponse:
    try:
        with db.transaction() as session:
            found = queries.get_unit(session, unit_id)
            service.close_unit(session, found, clock.today())
            note(session, "close_unit", "unit", unit_id, {"name": found.name})
    except ConflictError as error:
        return _refused(db.session(), unit_id, explain(error))
    flash(_("已停用“%(name)s”，以前的记录仍然保留", name=found.name), "ok")
    return redirect(_tree(found.kind), 303)


@bp.post("/units/<int:unit_id>/reopen")
@allow(Role.SYSTEM_ADMIN)
def reopen_unit(unit_id: int) -> Response | BaseResponse:
    try:
        with db.transaction() as session:
            found = queries.get_unit(session, unit_id)
            service.reopen_unit(session, found)
            note(session, "reopen_unit", "unit", unit_id, {"name": found.name})
    except ConflictError as error:
        return _refused(db.session(), unit_id, explain(error))
    flash(_("已恢复“%(name)s”", name=found.name), "ok")
    return redirect(_tree(found.kind), 303)


def _refused(session: Session, unit_id: int, problem: str) -> Response:
    """The unit's page again, with the sentence that says why not."""
    found = queries.get_unit(session, unit_id)
    form = UnitForm(formdata=None, code=found.code, name=found.name)
    form.drop_parent()
    return _unit_page(form, problem, found, ConflictError.status)
