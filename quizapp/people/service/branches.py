"""Acts on where a person belongs in the Party: one branch at a time, each with its dates. Where the person counts, and
whether they may sign in, is none of its business."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.kernel.errors import ConflictError, InputError
from quizapp.people.models import Membership, Unit
from quizapp.people.rules import memberships as rules
from quizapp.people.service.persons import lock


def join_branch(session: Session, person_id: int, unit_id: int, on: date) -> bool:
    """From that day the person belongs to this branch and to no other; false where they did already.

    Raises InputError for what is no open branch, and for a day on which they belonged to another.
    """
    lock(session, person_id)
    unit = session.get(Unit, unit_id)
    if unit is None or unit.closed_on is not None or unit.kind != rules.PARTY:
        raise InputError("没有这个党支部，或者它已经停用，请重新选择")
    current = _checked(session, person_id, on)
    if current is not None and current.unit_id == unit_id:
        return False
    _end(session, current, on)
    session.add(Membership(person_id=person_id, unit_id=unit_id, since=on, kind=rules.PARTY))
    session.flush()
    return True


def leave_branch(session: Session, person_id: int, on: date) -> Membership:
    """From that day the person belongs to no branch. Raises ConflictError where they belong to none, InputError before
    the first day."""
    lock(session, person_id)
    current = _checked(session, person_id, on)
    if current is None:
        raise ConflictError("这个人现在没有党支部，不用转出")
    _end(session, current, on)
    return current


def _checked(session: Session, person_id: int, on: date) -> Membership | None:
    """The open membership, if that day is not before it or before the end of the last one."""
    own = (Membership.person_id == person_id, Membership.kind == rules.PARTY)
    current = session.scalar(select(Membership).where(*own, Membership.until.is_(None)))
    last = session.scalar(select(func.max(Membership.until)).where(*own))
    stay = rules.Stay(current.unit_id, current.since, kind=rules.PARTY) if current else None
    rules.check_branch(stay, last, on)
    return current


def _end(session: Session, current: Membership | None, on: date) -> None:
    if current is not None:
        current.until, current.ending = on, rules.TRANSFER
        session.flush()
