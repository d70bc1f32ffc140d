"""Acts on persons: registering, accounts, roles."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError
from quizapp.kernel.roles import Role
from quizapp.people.models import Membership, Person, RoleGrant, Unit
from quizapp.people.rules.memberships import DEPARTURES, MAIN, PARTY
from quizapp.people.rules.rights import NEEDED, clash
from quizapp.people.service.sign_in import end_all_sign_ins, end_links

LAST = {
    Role.SYSTEM_ADMIN: "这是最后一位系统管理员，请先把这个角色授予另一个人",
    Role.SECURITY_ADMIN: "这是最后一位安全管理员，请先把这个角色授予另一个人",
}


def add_person(
    session: Session, login: str, name: str, unit: Unit, since: date, rank: str = "", post_type: str = ""
) -> Person:
    """A new person with a first membership. Without a password nobody can sign in as them.

    Raises InputError for a login that is taken, whatever its case.
    """
    taken = session.scalar(select(Person).where(func.lower(Person.login) == login.lower()))
    if taken is not None:
        raise InputError("工号 %(login)s 已经登记给 %(name)s，请核对", login=login, name=taken.name)
    person = Person(login=login, name=name, rank=rank, post_type=post_type, created_at=clock.now())
    session.add(person)
    session.flush()
    session.add(Membership(person_id=person.id, unit_id=unit.id, since=since))
    return person


def change_person(person: Person, name: str, rank: str, post_type: str) -> dict[str, dict[str, str]]:
    """New facts about a person; returns what changed as {field: {"before", "after"}}."""
    changes = {}
    for field, value in (("name", name), ("rank", rank), ("post_type", post_type)):
        before = getattr(person, field)
        if before != value:
            changes[field] = {"before": before, "after": value}
            setattr(person, field, value)
    return changes


def deactivate(session: Session, person: Person) -> None:
    """Nobody can sign in as this person any more; every sign-in ends, every open link stops working."""
    refuse_without_administrator(session, person.id)
    person.active = False
    end_all_sign_ins(session, person.id)
    end_links(session, person.id)


def reactivate(person: Person) -> None:
    person.active = True


def grant(session: Session, person_id: int, role: Role, unit_id: int | None = None) -> bool:
    """Give a role; giving it twice changes nothing and returns false. A liaison needs the unit it is for.

    Raises ConflictError for a role that nobody may hold together with one that the person has.
    """
    lock(session, person_id)
    held = session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person_id)).all()
    refused = clash([Role(one) for one in held], role)
    if refused and role not in held:
        raise ConflictError(refused)
    return give(session, person_id, role, unit_id)


def give(session: Session, person_id: int, role: Role, unit_id: int | None = None) -> bool:
    """As `grant`, whatever else the person holds: the first account has to begin with what two people hold later."""
    if role is Role.LIAISON and unit_id is None:
        raise InputError("单位联络员要指定单位")
    if role is not Role.LIAISON:
        unit_id = None
    unit = session.get(Unit, unit_id) if unit_id is not None else None
    if unit is not None and unit.kind == PARTY:
        raise InputError("联络员管的是行政单位，不能按党支部授予，请选择单位")
    found = session.scalar(
        select(RoleGrant).where(RoleGrant.person_id == person_id, RoleGrant.role == role,
                                RoleGrant.unit_id.is_(None) if unit_id is None else RoleGrant.unit_id == unit_id)
    )
    if found is not None:
        return False
    session.add(RoleGrant(person_id=person_id, role=role, unit_id=unit_id))
    session.flush()
    return True


def revoke(session: Session, person_id: int, grant_id: int) -> RoleGrant:
    """Take a role back. Raises NotFoundError, and ConflictError for the last one whom the platform needs."""
    found = session.scalar(select(RoleGrant).where(RoleGrant.id == grant_id, RoleGrant.person_id == person_id))
    if found is None:
        raise NotFoundError("这个角色已经收回")
    role = Role(found.role)
    if role in NEEDED and not _others(session, person_id, role):
        raise ConflictError(LAST[role])
    session.delete(found)
    return found


def refuse_without_administrator(session: Session, person_id: int) -> None:
    """Raises ConflictError if nobody could administer the platform without this person."""
    for role in NEEDED:
        if _holds(session, person_id, role) and not _others(session, person_id, role):
            raise ConflictError(LAST[role])


def lock(session: Session, person_id: int) -> None:
    """Two acts on one person follow each other, so that what was checked still holds when it is written."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())


def _holds(session: Session, person_id: int, role: Role) -> bool:
    return session.scalar(
        select(RoleGrant.id).where(RoleGrant.person_id == person_id, RoleGrant.role == role).limit(1)
    ) is not None


def _others(session: Session, person_id: int, role: Role) -> list[int]:
    """Who else could still act in that role. All its grants are locked: two administrators must not remove each other. Who is
    about to leave does not count, however far the day."""
    leaving = select(Membership.id).where(
        Membership.person_id == RoleGrant.person_id, Membership.ending.in_(DEPARTURES)
    ).exists() & ~select(Membership.id).where(
        Membership.person_id == RoleGrant.person_id, Membership.kind == MAIN, Membership.until.is_(None)
    ).exists()
    rows = session.execute(
        select(RoleGrant.person_id, Person.active & ~leaving).join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.role == role).order_by(RoleGrant.id).with_for_update()
    ).all()
    return [other for other, active in rows if active and other != person_id]
