"""Reading what several people gave to one answer, and which answers are of a marker's own unit. No name is read here."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from quizapp.attempts.models import Attempt
from quizapp.attempts.service.finishing import FINISHED
from quizapp.exams.models import RosterEntry
from quizapp.marking.models import MarkingReading
from quizapp.marking.rules import Entry
from quizapp.people.models import Membership
from quizapp.people.queries import counted_on

Place = tuple[uuid.UUID, int]
Value = TypeVar("Value")
OF_ATTEMPT = and_(Attempt.candidate_id == MarkingReading.candidate_id, Attempt.id == MarkingReading.attempt_id)


def of_answer(session: Session, entry: Entry) -> list[MarkingReading]:
    """What was given to this answer, in the order in which it came."""
    return list(session.scalars(
        select(MarkingReading).where(
            MarkingReading.candidate_id == entry.candidate_id, MarkingReading.attempt_id == entry.attempt_id,
            MarkingReading.position == entry.position)
        .order_by(MarkingReading.place).execution_options(populate_existing=True)
    ))


def readers(session: Session, exam_id: int) -> dict[Place, list[int]]:
    """Answer → who has marked it, in the order in which they did."""
    return _by_answer(session, exam_id, MarkingReading.marker_id)


def scores(session: Session, exam_id: int) -> dict[Place, list[Decimal]]:
    """Answer → what was given to it, in the order in which it came."""
    return _by_answer(session, exam_id, MarkingReading.score)


def _by_answer(session: Session, exam_id: int, column: InstrumentedAttribute[Value]) -> dict[Place, list[Value]]:
    rows = session.execute(
        select(MarkingReading.attempt_id, MarkingReading.position, column)
        .join(Attempt, OF_ATTEMPT).where(Attempt.exam_id == exam_id, Attempt.state.in_(FINISHED))
        .order_by(MarkingReading.place)
    )
    found: dict[Place, list[Value]] = {}
    for attempt_id, position, value in rows:
        found.setdefault((attempt_id, position), []).append(value)
    return found


def given_by(session: Session, exam_id: int, marker_id: int) -> int:
    """How many answers of the exam this person has marked as one of several."""
    return session.scalar(
        select(func.count()).select_from(MarkingReading).join(Attempt, OF_ATTEMPT)
        .where(Attempt.exam_id == exam_id, Attempt.state.in_(FINISHED), MarkingReading.marker_id == marker_id)
    ) or 0


def latest(session: Session, exam_id: int, marker_id: int) -> MarkingReading | None:
    """What this person gave last in the exam."""
    return session.scalars(
        select(MarkingReading).join(Attempt, OF_ATTEMPT)
        .where(Attempt.exam_id == exam_id, Attempt.state.in_(FINISHED), MarkingReading.marker_id == marker_id)
        .order_by(MarkingReading.marked_at.desc(), MarkingReading.place.desc()).limit(1)
        .execution_options(populate_existing=True)
    ).first()


def of_own_unit(session: Session, exam_id: int, marker_id: int, day: date) -> set[int]:
    """Who of the exam's roster counts in a unit in which the marker counts on that day."""
    units = select(Membership.unit_id).where(Membership.person_id == marker_id, counted_on(day))
    return set(session.scalars(
        select(RosterEntry.candidate_id).where(RosterEntry.exam_id == exam_id, RosterEntry.unit_id.in_(units))
    ))
