"""Acts on somebody's account and roles."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from quizapp.access import allow
from quizapp.db import db
from quizapp.i18n import _, explain
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.kernel.roles import ROLE_NAMES, Role
from quizapp.people import queries, service
from quizapp.people.forms import RoleForm
from quizapp.people.rules.rights import CLOSE, DEACTIVATE, RESET_SECOND_FACTOR
from quizapp.people.views.blueprint import ACCOUNTS, bp, note
from quizapp.people.views.persons import back_to, person_page, reached


@bp.post("/people/<int:person_id>/second-factor/reset")
@allow(Role.SECURITY_ADMIN)
def reset_second_factor(person_id: int) -> BaseResponse:
    """Somebody has lost telephone and recovery codes. One's own is switched off with password and code."""
    with db.transaction() as writing:
        person = reached(writing, person_id, RESET_SECOND_FACTOR).person
        service.remove_second_factor(writing, person_id)
        service.end_all_sign_ins(writing, person_id)
        note(writing, "reset_second_factor", "person", person_id, {"login": person.login, "name": person.name})
    return back_to(person_id, _("两步验证已重置，全部登录已结束；请提醒本人登录后重新设置"))


@bp.post("/people/<int:person_id>/single-sign-on/unlink")
@allow(Role.SECURITY_ADMIN)
def unlink_single_sign_on(person_id: int) -> BaseResponse:
    """Their account at the provider is another one now: the next that carries the work number is theirs."""
    with db.transaction() as writing:
        person = reached(writing, person_id, CLOSE).person
        if not service.unlink_identities(writing, person_id):
            raise ConflictError("这个人没有关联统一登录账号")
        service.end_all_sign_ins(writing, person_id)
        note(writing, "unlink_identity", "person", person_id, {"login": person.login, "name": person.name})
    return back_to(person_id, _("已解除关联，全部登录已结束；下次用统一登录时按工号重新关联"))


@bp.post("/people/<int:person_id>/deactivate")
@allow(*ACCOUNTS)
def deactivate(person_id: int) -> Response | BaseResponse:
    try:
        with db.transaction() as writing:
            person = reached(writing, person_id, DEACTIVATE).person
            service.deactivate(writing, person)
            note(writing, "deactivate_person", "person", person_id, {"login": person.login, "name": person.name})
    except ConflictError as error:
        return person_page(reached(db.session(), person_id, CLOSE), problem=explain(error), status=error.status)
    return back_to(person_id, _("账号已停用，全部登录已结束；考试记录仍然保留"))


@bp.post("/people/<int:person_id>/reactivate")
@allow(*ACCOUNTS)
def reactivate(person_id: int) -> BaseResponse:
    with db.transaction() as writing:
        person = reached(writing, person_id, CLOSE).person
        service.reactivate(person)
        note(writing, "reactivate_person", "person", person_id, {"login": person.login, "name": person.name})
    return back_to(person_id, _("账号已恢复，原来的密码仍然有效"))


@bp.post("/people/<int:person_id>/end-sign-ins")
@allow(*ACCOUNTS)
def end_sign_ins(person_id: int) -> BaseResponse:
    with db.transaction() as writing:
        person = reached(writing, person_id, CLOSE).person
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
            found = reached(writing, person_id, CLOSE)
            if service.grant(writing, person_id, role, unit_id):
                unit = queries.get_unit(writing, unit_id).name if unit_id and role is Role.LIAISON else None
                note(writing, "grant_role", "person", person_id,
                     {"login": found.person.login, "name": found.person.name, "role": role, "unit": unit})
    except (InputError, ConflictError) as error:
        return person_page(reached(db.session(), person_id, CLOSE), problem=explain(error), status=error.status)
    return back_to(person_id, _("已授予“%(role)s”", role=_(ROLE_NAMES[role])))


@bp.post("/people/<int:person_id>/roles/<int:grant_id>/revoke")
@allow(Role.SECURITY_ADMIN)
def revoke_role(person_id: int, grant_id: int) -> Response | BaseResponse:
    try:
        with db.transaction() as writing:
            found = reached(writing, person_id, CLOSE)
            gone = service.revoke(writing, person_id, grant_id)
            note(writing, "revoke_role", "person", person_id,
                 {"login": found.person.login, "name": found.person.name, "role": gone.role, "unit_id": gone.unit_id})
    except ConflictError as error:
        return person_page(reached(db.session(), person_id, CLOSE), problem=explain(error), status=error.status)
    return back_to(person_id, _("已收回“%(role)s”", role=_(ROLE_NAMES[Role(gone.role)])))
