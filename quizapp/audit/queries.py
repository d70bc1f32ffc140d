"""Reading the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from quizapp.audit import units
from quizapp.audit.models import AuditCut, AuditEvent, AuditHead
from quizapp.audit.rules import ALLOWED, REFUSED, START, Link


@dataclass(frozen=True)
class Filters:
    """What the reader looks for. `since` and `until` are moments, the second one excluded."""

    actor: str = ""
    action: str = ""
    object_type: str = ""
    object_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    address: str = ""
    outcome: str = ""
    unit_id: int = 0


@dataclass(frozen=True)
class Head:
    """Where the chain ends."""

    number: int
    digest: str


def head(session: Session) -> Head:
    row = session.execute(select(AuditHead.number, AuditHead.hash)).first()
    return Head(row[0], row[1]) if row else Head(0, START)


def cut(session: Session) -> AuditCut | None:
    """The last cut of the old end, if there was one."""
    return session.scalar(select(AuditCut).order_by(AuditCut.number.desc()).limit(1))


def chain(session: Session, last: int | None = None) -> Iterator[Link]:
    """Every event in the order of its number, up to `last`; a thousand at a time: the record may be large."""
    wanted = select(AuditEvent).order_by(AuditEvent.number)
    if last is not None:
        wanted = wanted.where(AuditEvent.number <= last)
    for event in session.scalars(wanted.execution_options(yield_per=1000)):
        yield Link(event.number, event.previous, event.hash, event.facts)


def count(session: Session, filters: Filters) -> int:
    return session.scalar(_filtered(select(func.count()).select_from(AuditEvent), filters)) or 0


def page(
    session: Session, filters: Filters, *, limit: int, offset: int = 0, oldest_first: bool = False
) -> list[AuditEvent]:
    """Events that fit, the latest first."""
    order = AuditEvent.number.asc() if oldest_first else AuditEvent.number.desc()
    return list(session.scalars(_filtered(select(AuditEvent), filters).order_by(order).limit(limit).offset(offset)))


def by_number(session: Session, number: int) -> AuditEvent | None:
    return session.scalar(select(AuditEvent).where(AuditEvent.number == number))


def neighbours(session: Session, number: int) -> tuple[int | None, int | None]:
    """The numbers of the events before and after this one that are still there."""
    before = session.scalar(select(func.max(AuditEvent.number)).where(AuditEvent.number < number))
    return before, session.scalar(select(func.min(AuditEvent.number)).where(AuditEvent.number > number))


def before(session: Session, moment: datetime) -> int:
    """The number of the last event such that it and all before it happened before the moment; 0 where there is none."""
    first = session.scalar(select(func.min(AuditEvent.number)).where(AuditEvent.at >= moment))
    return head(session).number if first is None else first - 1


def last_of(session: Session, action: str) -> datetime | None:
    """When this act was last put on record."""
    return session.scalar(select(func.max(AuditEvent.at)).where(AuditEvent.action == action))


def actions(session: Session) -> list[str]:
    """Every action that occurs, in alphabetical order."""
    return list(session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)))


def object_types(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.object_type).distinct().order_by(AuditEvent.object_type)))


def _filtered(statement: Select[*tuple[Any, ...]], filters: Filters) -> Select[*tuple[Any, ...]]:
    if filters.actor:
        own = AuditEvent.actor.contains(filters.actor, autoescape=True)
        number = int(filters.actor) if filters.actor.isascii() and filters.actor.isdigit() else None
        fits = number is not None and number < 2**31
        statement = statement.where(or_(own, AuditEvent.actor_id == number) if fits else own)
    if filters.action:
        statement = statement.where(AuditEvent.action == filters.action)
    if filters.object_type:
        statement = statement.where(AuditEvent.object_type == filters.object_type)
    if filters.object_id:
        statement = statement.where(AuditEvent.object_id == filters.object_id)
    if filters.address:
        statement = statement.where(AuditEvent.address.startswith(filters.address, autoescape=True))
    if filters.outcome == REFUSED:
        statement = statement.where(AuditEvent.outcome == REFUSED)
    elif filters.outcome == ALLOWED:
        statement = statement.where(or_(AuditEvent.outcome.is_(None), AuditEvent.outcome == ALLOWED))
    if filters.unit_id:
        statement = statement.where(_of_unit(filters.unit_id))
    if filters.since:
        statement = statement.where(AuditEvent.at >= filters.since)
    if filters.until:
        statement = statement.where(AuditEvent.at < filters.until)
    return statement


def _of_unit(unit_id: int) -> ColumnElement[bool]:
    """Acts by people of the unit and the units below it, acts on these people, and acts on the unit itself."""
    people = units.people_of(unit_id)
    numbers = select(cast(people.selected_columns[0], String)).scalar_subquery()
    return or_(
        AuditEvent.actor_id.in_(people),
        and_(AuditEvent.object_type == "person", AuditEvent.object_id.in_(numbers)),
        and_(AuditEvent.object_type == "unit", AuditEvent.object_id == str(unit_id)),
    )
