"""Reading the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from quizapp.audit.models import AuditEvent, AuditHead
from quizapp.audit.rules import START, Link


@dataclass(frozen=True)
class Filters:
    """What the reader looks for. `since` and `until` are moments, the second one excluded."""

    actor: str = ""
    action: str = ""
    object_type: str = ""
    object_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Head:
    """Where the chain ends."""

    number: int
    digest: str


def head(session: Session) -> Head:
    row = session.execute(select(AuditHead.number, AuditHead.hash)).first()
    return Head(row[0], row[1]) if row else Head(0, START)


def chain(session: Session) -> Iterator[Link]:
    """Every event in the order of its number, a thousand at a time: the record may be large."""
    rows = session.scalars(select(AuditEvent).order_by(AuditEvent.number).execution_options(yield_per=1000))
    for event in rows:
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
    if filters.since:
        statement = statement.where(AuditEvent.at >= filters.since)
    if filters.until:
        statement = statement.where(AuditEvent.at < filters.until)
    return statement
