"""People: the list, one person, and the acts on their account. What lies outside one's scope is not there."""

from __future__ import annotations

from flask import Response, flash, redirect, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import ALL_UNITS, actor, allow
from quizapp.db import db
from quizapp.i18n import N_, _, explain, show_time
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError, NotFoundError
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
from quizapp.people.rules.rights import NEEDED, clashing, may_change, may_close, may_link
from quizapp.people.rules.second_factor import shown
from quizapp.people.views.blueprint import ACCOUNTS, DESK, READERS, STAFF, bp, note
from quizapp.people.views.entry import vault
from quizapp.people.views.sources import has_own_password, settings
from quizapp.ui.pages import render
from quizapp.ui.paging import Window, paged_table
from quizapp.ui.tables import XLSX, Column, Table, as_file, download, xlsx_bytes

STATUSES = {"active": N_("在用"), "roles": N_("有角色"), "no_password": N_("还没有设密码"), "inactive": N_("账号已停用"),
            "left": N_("已经离开")}
MOST_LINKS = 5000
ABOVE = N_("这个人的角色高于你，请联系系统管理员")
ACCOUNT_ABOVE = N_("这个人的角色高于你，账号由安全管理员办理；联络员只给没有角色的人发链接和代码")
BY_OTHERS = N_("没有角色的人，由联络员、考试管理员或者系统管理员发链接和代码")
OWN_LINK = N_("自己的链接和代码要由另一个人发；记得密码的，在“我的账号”里改")


@bp.get("/people")
@allow(*READERS)
def persons() -> Response:
    read, today, scope = db.session(), clock.today(), actor().scope
    own_units = [unit for unit in queries.units(read) if actor().sees(unit.path)]
    filters, unit_id = _filters(own_units)

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


def _filters(own_units: list[Unit]) -> tuple[PersonFilters, int]:
    """What the address asks for, and the chosen unit's number (0 for all). An unknown unit is as good as none."""
    asked = request.args.get("unit", 0, int)
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
    form = PersonForm(formdata=None, since=clock.today(), unit=request.args.get("unit", 0, int))
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
    return person_page(_visible(db.session(), person_id))


def _visible(read: Session, person_id: int) -> Profile:
    """The person, unless outside the reader's scope: then there is nobody (NotFoundError)."""
    found = queries.profile(read, person_id, clock.today(), clock.now())
    if ALL_UNITS not in actor().scope and not (found.path and actor().sees(found.path)):
        raise NotFoundError("没有找到这个人")
    return found


def _roles(found: Profile) -> set[Role]:
    return {held.role for held in found.roles}


def changeable(read: Session, person_id: int) -> Profile:
    """The person, if whoever is signed in may change their data. Raises NotFoundError, ForbiddenError."""
    found = _visible(read, person_id)
    if not may_change(actor().roles, _roles(found)):
        raise ForbiddenError(ABOVE)
    return _not_erased(found)


def _closable(read: Session, person_id: int) -> Profile:
    """The person, if whoever is signed in may act on their account. Raises NotFoundError, ForbiddenError."""
    found = _visible(read, person_id)
    if not may_close(actor().roles, _roles(found)):
        raise ForbiddenError(ACCOUNT_ABOVE)
    return _not_erased(found)


def _not_erased(found: Profile) -> Profile:
    if found.person.erased_at is not None:
        raise ConflictError("这个人的信息已经注销，不能再改；回来的请按新人员登记")
    return found


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
    own, theirs = actor().roles, _roles(found)
    hint = ""
    if found.person.id == actor().id:
        hint = OWN_LINK
    elif not may_link(own, theirs):
        hint = ACCOUNT_ABOVE if theirs else BY_OTHERS
    return Rights(not hint, _(hint) if hint else "", may_change(own, theirs), may_close(own, theirs),
                  actor().has(Role.SECURITY_ADMIN), actor().has(Role.SYSTEM_ADMIN))


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
        return person_page(changeable(db.session(), person_id), form=form, status=422)
    with db.transaction() as writing:
        person = changeable(writing, person_id).person
        changes = service.change_person(person, form.name.data, form.rank.data or "", form.post_type.data or "")
        if changes:
            note(writing, "change_person", "person", person_id, {"login": person.login, **changes})
    return back_to(person_id, _("已保存"))


def back_to(person_id: int, sentence: str) -> BaseResponse:
    flash(sentence, "ok")
    return redirect(url_for("people.person", person_id=person_id), 303)


def _linkable(read: Session, person_id: int) -> Profile:
    """The person, if whoever is signed in may hand them a link or a code. Raises ForbiddenError, ConflictError."""
    found = _visible(read, person_id)
    if person_id == actor().id:
        raise ConflictError(OWN_LINK)
    if not may_link(actor().roles, _roles(found)):
        raise ForbiddenError(ACCOUNT_ABOVE if found.roles else BY_OTHERS)
    if not found.person.active:
        raise ConflictError("账号已经停用，请先恢复账号再生成链接")
    if found.left:
        raise ConflictError("这个人已经离开，不能再登录；回来任职的请先登记任职")
    return found


@bp.post("/people/<int:person_id>/link")
@allow(*READERS)
def make_link(person_id: int) -> BaseResponse:
    with db.transaction() as writing:
        found = _linkable(writing, person_id)
        token = service.make_link(writing, person_id)
        note(writing, "make_link", "person", person_id, {"login": found.person.login, "name": found.person.name})
    session["new_link"] = [person_id, token]
    return redirect(url_for("people.person", person_id=person_id), 303)


@bp.post("/people/<int:person_id>/code")
@allow(*READERS)
def make_code(person_id: int) -> BaseResponse:
    """A short code to be told to the person, who has forgotten the password and stands here or calls."""
    with db.transaction() as writing:
        found = _linkable(writing, person_id)
        code = service.make_code(writing, vault(), found.person)
        note(writing, "make_code", "person", person_id, {"login": found.person.login, "name": found.person.name})
    session["new_code"] = [person_id, code]
    return redirect(url_for("people.person", person_id=person_id), 303)


@bp.post("/people/<int:person_id>/second-factor/reset")
@allow(Role.SECURITY_ADMIN)
def reset_second_factor(person_id: int) -> BaseResponse:
    """Somebody has lost telephone and recovery codes. One's own is switched off with password and code."""
    if person_id == actor().id:
        raise ConflictError("自己的两步验证请在“我的账号”里用密码和验证码关闭；手机和恢复码都丢了，请另一位安全管理员重置")
    with db.transaction() as writing:
        person = _closable(writing, person_id).person
        service.remove_second_factor(writing, person_id)
        service.end_all_sign_ins(writing, person_id)
        note(writing, "reset_second_factor", "person", person_id, {"login": person.login, "name": person.name})
    return back_to(person_id, _("两步验证已重置，全部登录已结束；请提醒本人登录后重新设置"))


@bp.post("/people/<int:person_id>/single-sign-on/unlink")
@allow(Role.SECURITY_ADMIN)
def unlink_single_sign_on(person_id: int) -> BaseResponse:
    """Their account at the provider is another one now: the next that carries the work number is theirs."""
    with db.transaction() as writing:
        person = _closable(writing, person_id).person
        if not service.unlink_identities(writing, person_id):
            raise ConflictError("这个人没有关联统一登录账号")
        service.end_all_sign_ins(writing, person_id)
        note(writing, "unlink_identity", "person", person_id, {"login": person.login, "name": person.name})
    return back_to(person_id, _("已解除关联，全部登录已结束；下次用统一登录时按工号重新关联"))


@bp.post("/people/links")
@allow(*STAFF)
def make_links() -> Response | BaseResponse:
    """New links for everybody in the filtered list who has no password yet, as a workbook to hand out."""
    own_units = [unit for unit in queries.units(db.session()) if actor().sees(unit.path)]
    asked, _unit_id = _filters(own_units)
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


@bp.post("/people/<int:person_id>/deactivate")
@allow(*ACCOUNTS)
def deactivate(person_id: int) -> Response | BaseResponse:
    if person_id == actor().id:
        raise ConflictError("不能停用自己的账号，请由另一位管理员操作")
    try:
        with db.transaction() as writing:
            person = _closable(writing, person_id).person
            service.deactivate(writing, person)
            note(writing, "deactivate_person", "person", person_id, {"login": person.login, "name": person.name})
    except ConflictError as error:
        return person_page(_closable(db.session(), person_id), problem=explain(error), status=error.status)
    return back_to(person_id, _("账号已停用，全部登录已结束；考试记录仍然保留"))


@bp.post("/people/<int:person_id>/reactivate")
@allow(*ACCOUNTS)
def reactivate(person_id: int) -> BaseResponse:
    with db.transaction() as writing:
        person = _closable(writing, person_id).person
        service.reactivate(person)
        note(writing, "reactivate_person", "person", person_id, {"login": person.login, "name": person.name})
    return back_to(person_id, _("账号已恢复，原来的密码仍然有效"))


@bp.post("/people/<int:person_id>/end-sign-ins")
@allow(*ACCOUNTS)
def end_sign_ins(person_id: int) -> BaseResponse:
    with db.transaction() as writing:
        person = _closable(writing, person_id).person
        service.end_all_sign_ins(writing, person_id)
        note(writing, "end_sign_ins", "person", person_id, {"login": person.login, "name": person.name})
    return back_to(person_id, _("已结束这个人的全部登录"))


@bp.post("/people/<int:person_id>/roles")
@allow(Role.SECURITY_ADMIN)
def grant_role(person_id: int) -> Response | BaseResponse:
    form = RoleForm()
    form.offer(queries.units(db.session()))
    try:
        if not form.validate():
            raise InputError("请从列表里选择角色和单位")
        role, unit_id = Role(form.role.data), form.role_unit.data or None
        with db.transaction() as writing:
            found = _closable(writing, person_id)
            if service.grant(writing, person_id, role, unit_id):
                unit = queries.get_unit(writing, unit_id).name if unit_id and role is Role.LIAISON else None
                note(writing, "grant_role", "person", person_id,
                     {"login": found.person.login, "name": found.person.name, "role": role, "unit": unit})
    except (InputError, ConflictError) as error:
        return person_page(_closable(db.session(), person_id), problem=explain(error), status=error.status)
    return back_to(person_id, _("已授予“%(role)s”", role=_(ROLE_NAMES[role])))


@bp.post("/people/<int:person_id>/roles/<int:grant_id>/revoke")
@allow(Role.SECURITY_ADMIN)
def revoke_role(person_id: int, grant_id: int) -> Response | BaseResponse:
    try:
        with db.transaction() as writing:
            found = _closable(writing, person_id)
            gone = service.revoke(writing, person_id, grant_id)
            note(writing, "revoke_role", "person", person_id,
                 {"login": found.person.login, "name": found.person.name, "role": gone.role, "unit_id": gone.unit_id})
    except ConflictError as error:
        return person_page(_closable(db.session(), person_id), problem=explain(error), status=error.status)
    return back_to(person_id, _("已收回“%(role)s”", role=_(ROLE_NAMES[Role(gone.role)])))
