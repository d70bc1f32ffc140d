"""Acts on where a person belongs: transfer, secondment, leaving, coming back. All have a day.

None of them ends a sign-in of a plain candidate or touches an exam: a roster that was frozen keeps its units, and an
attempt that is open goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError
from quizapp.kernel.roles import Role
from quizapp.people import queries
from quizapp.people.models import Membership, Person, RoleGrant, Unit
from quizapp.people.rules import memberships as rules
from quizapp.people.service.persons import lock, refuse_without_administrator
from quizapp.people.service.sign_in import end_all_sign_ins, end_links


def transfer(session: Session, person_id: int, unit_id: int, on: date) -> None:
    """Move a person to another unit from that day: the old membership ends where the new one begins.

    A secondment beside it goes on, unless it was to that unit: then it ends.
    """
    lock(session, person_id)
    _open_unit(session, unit_id)
    rules.check_day(on)
    current = _open_main(session, person_id)
    if current is None:
        come_back(session, person_id, unit_id, on)
        return
    if current.unit_id == unit_id:
        return
    if on < current.since:
        raise InputError("调动日期早于现任单位的起始日期 %(since)s，请改到这一天以后", since=current.since)
    current.until, current.ending = on, rules.TRANSFER
    end_secondments_of(session, [person_id], on, unit_id)
    session.flush()
    session.add(Membership(person_id=person_id, unit_id=unit_id, since=on))


def second(
    session: Session, person_id: int, unit_id: int, since: date, until: date | None, counting: str = rules.HOME
) -> Membership:
    """Lend a person to another unit for a time. The main membership stays; `counting` says where they count."""
    lock(session, person_id)
    _open_unit(session, unit_id)
    for day in (since, until or since):
        rules.check_day(day)
    rules.check_secondment(queries.stays_of(session, person_id), unit_id, since, until)
    made = Membership(person_id=person_id, unit_id=unit_id, since=since, until=until, kind=rules.SECONDED,
                      counting=counting)
    session.add(made)
    session.flush()
    return made


def end_secondment(session: Session, person_id: int, membership_id: int, on: date) -> Membership:
    """The secondment ends on that day; one that has not begun by then never was. Raises NotFoundError, InputError."""
    lock(session, person_id)
    found = session.scalar(select(Membership).where(
        Membership.id == membership_id, Membership.person_id == person_id, Membership.kind == rules.SECONDED))
    if found is None:
        raise NotFoundError("没有找到这次借调，可能已经撤销")
    rules.check_day(on)
    if found.until is not None and on > found.until:
        raise InputError("借调到 %(day)s就结束，请填更早的一天", day=found.until)
    _end_secondment(session, found, on)
    return found


def leave(session: Session, person: Person, on: date, ending: str) -> None:
    """From that day the person belongs nowhere and cannot sign in anew; `ending` is left or retired.

    Whoever holds a role loses every sign-in at once when the day has come; a plain candidate finishes what is open.
    Raises ConflictError for the last administrator and without a membership, InputError before its first day.
    """
    lock(session, person.id)
    if ending not in rules.DEPARTURES:
        raise InputError("请选择离开的原因")
    rules.check_day(on)
    rules.check_departure(queries.stays_of(session, person.id), on)
    refuse_without_administrator(session, person.id)
    current = _open_main(session, person.id)
    if current is not None:
        current.until, current.ending = on, ending
    end_secondments_of(session, [person.id], on)
    if on <= clock.today():
        end_links(session, person.id)
        if queries.roles_of(session, [person.id]):
            end_all_sign_ins(session, person.id)
    session.flush()


def undo_leave(session: Session, person_id: int) -> Membership:
    """A departure that was entered by mistake never was; a secondment that ended with it stays ended.

    Raises ConflictError where there is none, or somebody has appointed the person again.
    """
    lock(session, person_id)
    last = session.scalar(select(Membership).where(
        Membership.person_id == person_id, Membership.kind == rules.MAIN
    ).order_by(Membership.since.desc(), Membership.id.desc()).limit(1))
    if last is None or last.until is None or last.ending not in rules.DEPARTURES:
        raise ConflictError("没有可以撤销的离开")
    _open_unit(session, last.unit_id)
    last.until, last.ending = None, ""
    session.flush()
    return last


def come_back(session: Session, person_id: int, unit_id: int, on: date) -> list[Role]:
    """A new appointment, or the first. Roles from before a departure do not come back; returns those that went."""
    lock(session, person_id)
    _open_unit(session, unit_id)
    rules.check_day(on)
    stays = queries.stays_of(session, person_id)
    rules.check_return(stays, on)
    gone: list[Role] = []
    if any(stay.ending in rules.DEPARTURES for stay in stays):
        gone = sorted(queries.roles_of(session, [person_id]).get(person_id, ()))
        session.execute(delete(RoleGrant).where(RoleGrant.person_id == person_id))
    session.add(Membership(person_id=person_id, unit_id=unit_id, since=on))
    session.flush()
    return gone


def end_secondments_of(session: Session, ids: Sequence[int], on: date, unit_id: int | None = None) -> None:
    """All secondments of these people that reach past that day end on it, or those to one unit."""
    for found in session.scalars(select(Membership).where(
            Membership.person_id.in_(ids), Membership.kind == rules.SECONDED,
            or_(Membership.until.is_(None), Membership.until > on))).all():
        if unit_id is None or found.unit_id == unit_id:
            _end_secondment(session, found, on)


def _open_unit(session: Session, unit_id: int) -> None:
    unit = session.get(Unit, unit_id)
    if unit is None or unit.closed_on is not None or unit.kind != rules.ADMINISTRATIVE:
        raise InputError("没有这个单位，或者它已经停用，请重新选择")


def _open_main(session: Session, person_id: int) -> Membership | None:
    return session.scalar(select(Membership).where(
        Membership.person_id == person_id, Membership.until.is_(None), Membership.kind == rules.MAIN))


def _end_secondment(session: Session, found: Membership, on: date) -> None:
    if on <= found.since:
        session.delete(found)
    else:
        found.until, found.ending = on, rules.BACK
    session.flush()
