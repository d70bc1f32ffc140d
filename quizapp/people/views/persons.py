"""People: the list, and one person. What lies outside one's scope is not there."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, flash, redirect, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow, require
from quizapp.db import db
from quizapp.i18n import N_, _, explain, show_time
from quizapp.incoming import whole
from quizapp.kernel.errors import InputError
from quizapp.kernel.rights import Right, Target, why_not
from quizapp.kernel.roles import ROLE_NAMES, Role
from quizapp.people import queries, service
from quizapp.people.forms import (
    EndForm,
    JoinForm,
    LeaveForm,
    OutForm,
    PersonForm,
    RoleForm,
    SecondForm,
    TransferForm,
    unit_choices,
)
from quizapp.people.models import Unit
from quizapp.people.names import COUNTING, ENDINGS
from quizapp.people.pages import ActForms, NewPersonPage, PersonPage, PersonsPage, Rights
from quizapp.people.queries import Listed, PersonFilters, Profile
from quizapp.people.rules.memberships import PARTY
from quizapp.people.rules.rights import CHANGE, CLOSE, LINK, NEEDED, SEE, clashing
from quizapp.people.rules.second_factor import shown
from quizapp.people.views.blueprint import DESK, READERS, STAFF, bp, note
from quizapp.people.views.sources import has_own_password, settings
from quizapp.ui.pages import render
from quizapp.ui.paging import Window, paged_table
from quizapp.ui.tables import Column, download

STATUSES = {"active": N_("在用"), "roles": N_("有角色"), "no_password": N_("还没有设密码"), "inactive": N_("账号已停用"),
            "left": N_("已经离开")}


@bp.get("/people")
@allow(*READERS)
def persons() -> Response:
    read, today, scope = db.session(), clock.today(), actor().scope
    own_units = [unit for unit in queries.units(read) if actor().sees(unit.path)]
    filters, unit_id = filters_asked(own_units)

    def fetch(window: Window) -> list[Listed]:
        return queries.listed(read, today, scope, filters, limit=window.limit, offset=window.offset,
                              sort=window.sort, descending=window.descending)

    total = queries.count_listed(read, today, scope, filters)
    table = paged_table(_("人员名单"), _("人员"), columns(), total, fetch)
    file = download(table)
    if file is not None:
        with db.transaction() as writing:
            note(writing, "export_people", "person", total, dict(table.params))
        return file
    ranks, post_types = queries.words_in_use(read, today, scope)
    waiting = PersonFilters(filters.words, filters.path, filters.rank, filters.post_type, "no_password")
    return render(PersonsPage(
        table, filters, unit_id, unit_choices(own_units), ranks, post_types,
        [(code, _(name)) for code, name in STATUSES.items()], filters != PersonFilters(), actor().has(*DESK),
        queries.count_listed(read, today, scope, waiting) if actor().has(*STAFF) else 0, _too_much(read),
    ))


def _too_much(read: Session) -> list[tuple[int, str, list[str]]]:
    """Who holds roles that belong to different people, for those who can put it right."""
    if not actor().has(*NEEDED):
        return []
    return [(person_id, name, [_(ROLE_NAMES[role]) for role in roles])
            for person_id, name, roles in queries.holding_too_much(read)]


def filters_asked(own_units: list[Unit]) -> tuple[PersonFilters, int]:
    """What the address asks for, and the chosen unit's number (0 for all). An unknown unit is as good as none."""
    asked = request.args.get("unit", 0, whole)
    unit = next((unit for unit in own_units if unit.id == asked), None)
    filters = PersonFilters(
        request.args.get("q", "").strip()[:200], unit.path if unit else "", request.args.get("rank", ""),
        request.args.get("post_type", ""), request.args.get("status", ""),
    )
    return filters, unit.id if unit else 0


def columns() -> list[Column[Listed]]:
    return [
        Column("name", _("姓名"), lambda p: p.name, link=lambda p: url_for("people.person", person_id=p.person_id)),
        Column("login", _("工号"), lambda p: p.login),
        Column("unit", _("单位"), lambda p: p.unit_name),
        Column("rank", _("职务层次"), lambda p: p.rank),
        Column("post_type", _("岗位类别"), lambda p: p.post_type),
        Column("status", _("账号"), lambda p: _(STATUSES[status_of(p)]), "tag", tag=tag_of, sortable=False),
        Column("last_sign_in", _("最近登录"), lambda p: p.last_sign_in, "time", show=lambda p: show_time(p.last_sign_in)),
    ]


def status_of(row: Listed) -> str:
    if row.left:
        return "left"
    if not row.active:
        return "inactive"
    return "active" if row.has_password else "no_password"


def tag_of(row: Listed) -> str:
    return {"active": "ok", "no_password": "warn", "inactive": "off", "left": "off"}[status_of(row)]


@bp.get("/people/new")
@allow(*DESK)
def new_person() -> Response:
    form = PersonForm(formdata=None, since=clock.today(), unit=request.args.get("unit", 0, whole))
    form.offer_units(queries.units(db.session()))
    return render(NewPersonPage(form, ""))


@bp.post("/people/new")
@allow(*DESK)
def new_person_post() -> Response | BaseResponse:
    form, problem = PersonForm(), ""
    form.offer_units(queries.units(db.session()))
    if form.validate():
        try:
            with db.transaction() as writing:
                unit = queries.get_unit(writing, form.unit.data)
                person = service.add_person(writing, form.login.data, form.name.data, unit, form.since.data,
                                            form.rank.data or "", form.post_type.data or "")
                note(writing, "add_person", "person", person.id,
                     {"login": person.login, "name": person.name, "unit": unit.name, "since": form.since.data})
        except InputError as error:
            problem = explain(error)
        else:
            flash(_("已登记%(name)s。接下来生成一次性链接，交给本人设密码", name=person.name), "ok")
            return redirect(url_for("people.person", person_id=person.id), 303)
    return render(NewPersonPage(form, problem), 422)


@bp.get("/people/<int:person_id>")
@allow(*READERS)
def person(person_id: int) -> Response:
    return person_page(reached(db.session(), person_id, SEE))


def reached(read: Session, person_id: int, right: Right) -> Profile:
    """The person, if whoever is signed in has that right about them. Raises as `authorise`."""
    found = queries.profile(read, person_id, clock.today(), clock.now())
    require(right, _target(found))
    return found


def _target(found: Profile) -> Target:
    person = found.person
    state = "erased" if person.erased_at else "inactive" if not person.active else "left" if found.left else ""
    return Target(found.path, [person.id], _roles(found), state)


def _roles(found: Profile) -> set[Role]:
    return {held.role for held in found.roles}


def person_page(
    found: Profile, *, problem: str = "", form: PersonForm | None = None, acts: ActForms | None = None, status: int = 200
) -> Response:
    person, open_units = found.person, queries.units(db.session())
    if form is None:
        form = PersonForm(formdata=None, name=person.name, rank=person.rank, post_type=person.post_type)
        form.only_facts()
    role_form = RoleForm(formdata=None)
    role_form.offer(open_units)
    identity = queries.identity_of(db.session(), person.id)
    forms, sees_branch = acts or act_forms(open_units), actor().has(*DESK)
    return render(PersonPage(
        found, form, forms, queries.party_stays(db.session(), person.id, clock.today()) if sees_branch else [],
        bool(forms.join.branch.choices), {code: _(name) for code, name in COUNTING.items()},
        {code: _(name) for code, name in ENDINGS.items()}, role_form,
        {role: _(name) for role, name in ROLE_NAMES.items()}, problem, _take_link(person.id), _take_code(person.id),
        _rights(found), [_(ROLE_NAMES[role]) for role in clashing(_roles(found))] if actor().has(*NEEDED) else [],
        identity.linked_at if identity else None,
        settings().oidc is not None, not has_own_password(db.session(), person, person.login),
    ), status)


def _rights(found: Profile) -> Rights:
    """What whoever is signed in may do on the page about this person."""
    me, target = actor(), replace(_target(found), state="")
    hint = why_not(me, LINK, target)
    return Rights(not hint, _(hint) if hint else "", not why_not(me, CHANGE, target), not why_not(me, CLOSE, target),
                  me.has(Role.SECURITY_ADMIN), me.has(Role.SYSTEM_ADMIN))


def act_forms(units: list[Unit], refused: str = "") -> ActForms:
    """Fresh forms that propose today; the refused one as it was typed."""
    today = clock.today()

    def typed(act: str, **proposed: object) -> dict[str, object]:
        return {} if act == refused else {"formdata": None, **proposed}

    made = ActForms(
        TransferForm(**typed("transfer", on=today)), SecondForm(**typed("second", lent_since=today)),
        LeaveForm(**typed("leave", left_on=today)), EndForm(**typed("end", back_on=today)),
        JoinForm(**typed("join", joined_on=today)), OutForm(**typed("out", out_on=today)), refused,
    )
    made.join.offer(queries.units(db.session(), PARTY))
    made.transfer.offer(units)
    made.second.offer(units)
    made.leave.offer()
    return made


def _take_link(person_id: int) -> str:
    """The link made a moment ago for this person: shown once, then forgotten."""
    kept = session.get("new_link")
    if not kept or kept[0] != person_id:
        return ""
    del session["new_link"]
    return url_for("people.set_password", token=kept[1], _external=True)


def _take_code(person_id: int) -> str:
    """The code made a moment ago for this person: shown once, then forgotten."""
    kept = session.get("new_code")
    if not kept or kept[0] != person_id:
        return ""
    del session["new_code"]
    return shown(kept[1])


@bp.post("/people/<int:person_id>")
@allow(*DESK)
def person_post(person_id: int) -> Response | BaseResponse:
    """New facts: name, rank, post type."""
    form = PersonForm()
    form.only_facts()
    if not form.validate():
        return person_page(reached(db.session(), person_id, CHANGE), form=form, status=422)
    with db.transaction() as writing:
        person = reached(writing, person_id, CHANGE).person
        changes = service.change_person(person, form.name.data, form.rank.data or "", form.post_type.data or "")
        if changes:
            note(writing, "change_person", "person", person_id, {"login": person.login, **changes})
    return back_to(person_id, _("已保存"))


def back_to(person_id: int, sentence: str) -> BaseResponse:
    flash(sentence, "ok")
    return redirect(url_for("people.person", person_id=person_id), 303)
