"""One-time links and codes: for one person, and for everybody in a list who has no password yet."""

from __future__ import annotations

from flask import Response, flash, redirect, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.db import db
from quizapp.i18n import _
from quizapp.people import queries, service
from quizapp.people.queries import Listed, PersonFilters
from quizapp.people.rules.rights import LINK, may_link
from quizapp.people.views.blueprint import READERS, STAFF, bp, note
from quizapp.people.views.entry import vault
from quizapp.people.views.persons import filters_asked, reached
from quizapp.ui.tables import XLSX, Column, Table, as_file, xlsx_bytes

MOST_LINKS = 5000


@bp.post("/people/<int:person_id>/link")
@allow(*READERS)
def make_link(person_id: int) -> BaseResponse:
    with db.transaction() as writing:
        found = reached(writing, person_id, LINK)
        token = service.make_link(writing, person_id)
        note(writing, "make_link", "person", person_id, {"login": found.person.login, "name": found.person.name})
    session["new_link"] = [person_id, token]
    return redirect(url_for("people.person", person_id=person_id), 303)


@bp.post("/people/<int:person_id>/code")
@allow(*READERS)
def make_code(person_id: int) -> BaseResponse:
    """A short code to be told to the person, who has forgotten the password and stands here or calls."""
    with db.transaction() as writing:
        found = reached(writing, person_id, LINK)
        code = service.make_code(writing, vault(), found.person)
        note(writing, "make_code", "person", person_id, {"login": found.person.login, "name": found.person.name})
    session["new_code"] = [person_id, code]
    return redirect(url_for("people.person", person_id=person_id), 303)


@bp.post("/people/links")
@allow(*STAFF)
def make_links() -> Response | BaseResponse:
    """New links for everybody in the filtered list who has no password yet, as a workbook to hand out."""
    own_units = [unit for unit in queries.units(db.session()) if actor().sees(unit.path)]
    asked, _unit_id = filters_asked(own_units)
    waiting = PersonFilters(asked.words, asked.path, asked.rank, asked.post_type, "no_password")
    with db.transaction() as writing:
        rows = queries.listed(writing, clock.today(), actor().scope, waiting, limit=MOST_LINKS)
        held = queries.roles_of(writing, [row.person_id for row in rows])
        rows = [row for row in rows
                if row.person_id != actor().id and may_link(actor().roles, held.get(row.person_id, set()))]
        tokens = service.make_links(writing, [row.person_id for row in rows])
        if rows:
            note(writing, "make_links", "person", len(rows), {"logins": [row.login for row in rows]})
    if not rows:
        flash(_("名单里没有还没设密码的人"), "info")
        return redirect(url_for("people.persons"), 303)
    return as_file(*_links_file([(row, tokens[row.person_id]) for row in rows]))


def _links_file(rows: list[tuple[Listed, str]]) -> tuple[bytes, str, str]:
    made: list[Column[tuple[Listed, str]]] = [
        Column("unit", _("单位"), lambda r: r[0].unit_name),
        Column("login", _("工号"), lambda r: r[0].login),
        Column("name", _("姓名"), lambda r: r[0].name),
        Column("link", _("一次性链接（7 天内有效）"),
               lambda r: url_for("people.set_password", token=r[1], _external=True)),
    ]
    name = _("一次性链接")
    return xlsx_bytes(Table(name, name, made, rows, len(rows), "", False, "", 1, 1)), f"{name}.xlsx", XLSX
