"""The first act on an empty platform."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.kernel.errors import ConflictError
from quizapp.kernel.roles import Role
from quizapp.people import queries
from quizapp.people.models import Person, Unit
from quizapp.people.rules.memberships import ADMINISTRATIVE
from quizapp.people.service.persons import add_person, give
from quizapp.people.service.units import add_unit


def first_administrator(session: Session, agency: str, login: str, name: str, on: date) -> Person:
    """The unit at the top and the first administrator in it, who has no password yet.

    System and security are theirs until somebody else takes one of them: someone has to begin.

    Raises ConflictError when there is an administrator already.
    """
    if queries.has_any_admin(session):
        raise ConflictError("已经有系统管理员，不能再次初始化；需要新的登录链接，请由安全管理员在“人员”页面生成")
    top = session.scalar(select(Unit).where(Unit.parent_id.is_(None), Unit.kind == ADMINISTRATIVE).order_by(Unit.id).limit(1))
    if top is None:
        top = add_unit(session, "1", agency, None)
    person = queries.person_by_login(session, login) or add_person(session, login, name, top, on)
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.EXAM_ADMIN):
        give(session, person.id, role)
    return person
