"""What takes two persons about somebody's data: erasing who has left. What is kept of the proposal says a number alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from quizapp.approvals.acts import Act, Done, Params, carries_out
from quizapp.approvals.rules import Kind, Line, Said, as_it_is
from quizapp.i18n import N_
from quizapp.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from quizapp.privacy import queries, service


@carries_out
class ErasePerson(Act):
    kind = Kind.ERASE_PERSON
    object_type = "person"
    readers = frozenset({Role.SYSTEM_ADMIN})

    def object_id(self, params: Params) -> str:
        return str(params["person"])

    def title(self, session: Session, params: Params) -> str:
        """The number: it is stored, and stands in the record of acts."""
        return f"编号 {_person(session, params).id}"

    def called(self, session: Session, params: Params, kept: str) -> str:
        """The name while there is one; afterwards what stands in its place."""
        return _person(session, params).name

    def seen(self, session: Session, params: Params, now: datetime) -> Mapping[str, Any]:
        """With the fingerprint that the act leaves on record anyway: another work number may be another person."""
        person = _person(session, params)
        why = service.why_not(session, person)
        if why:
            raise ConflictError(why)
        return {"fingerprint": service.fingerprint(person.id, person.login)}

    def lines(self, session: Session, params: Params, now: datetime) -> Sequence[Line]:
        person = _person(session, params)
        goes, stays = queries.fates(session, person)
        return [
            Line(N_("姓名和工号"), Said(N_("能看到")), Said(N_("只剩编号 %(n)s"), {"n": person.id})),
            Line(N_("登录、网络地址、设备、备注和角色"), _rows(goes), Said(N_("删除，不能恢复"))),
            Line(N_("必须留下的记录"), _rows(stays), Said(N_("留下，不再有姓名和工号"))),
        ]

    def named(self, session: Session, params: Params) -> Sequence[Line]:
        person = _person(session, params)
        return [Line(N_("注销谁"), as_it_is(f"{person.name}（{person.login}）"), as_it_is(service.NAME % {"n": person.id}))]

    def carry_out(self, session: Session, params: Params, reason: str, by: int, now: datetime) -> Done:
        person = session.get_one(Person, params["person"], with_for_update=True, populate_existing=True)
        service.check_reason(person, reason)
        detail = service.erase(session, person)
        return Done(service.ACT, person.id, detail, Said(N_("已注销，以后只显示编号；审计链里的旧记录到保存期限才会截断")))

    def address(self, params: Params) -> tuple[str, dict[str, Any]]:
        return "privacy.person_data", {"person_id": params["person"]}

    def check_person(self, session: Session, params: Params, person_id: int) -> None:
        if params["person"] == person_id:
            raise ForbiddenError("不能注销自己，请由另外两位系统管理员办理")


def _person(session: Session, params: Params) -> Person:
    found = session.get(Person, params["person"])
    if found is None:
        raise NotFoundError("没有找到这个人")
    return found


def _rows(number: int) -> Said:
    return Said(N_("%(n)s 条"), {"n": number})
