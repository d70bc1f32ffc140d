"""Reading who was given time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from quizapp.attempts.models import Attempt
from quizapp.exams import queries as exams
from quizapp.exams.models import Accommodation, Exam, Extension, RosterEntry, RosterUnit
from quizapp.exams.rules import last_end
from quizapp.kernel.errors import NotFoundError
from quizapp.people.models import Person


@dataclass(frozen=True)
class Candidate:
    """A person on the roster of an exam."""

    id: int
    login: str
    name: str
    unit: str
    status: str


@dataclass(frozen=True)
class Granted:
    """An accommodation with its person. `by`: who granted it, empty where it was not a person."""

    candidate: Candidate
    extra_percent: int
    break_minutes: int
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Given:
    """An extension. `candidate`: whose, empty where it was for everybody who was working."""

    candidate: str
    minutes: int
    reason: str
    by: str
    at: datetime


GIVER = aliased(Person)
CANDIDATE = (Person.id, Person.login, Person.name, RosterUnit.name, RosterEntry.status)


def candidate(session: Session, exam_id: int, candidate_id: int) -> Candidate:
    """Raises NotFoundError for whoever is not on the roster."""
    row = session.execute(
        select(*CANDIDATE).select_from(RosterEntry).join(Person, Person.id == RosterEntry.candidate_id)
        .join(RosterUnit, (RosterUnit.exam_id == RosterEntry.exam_id) & (RosterUnit.unit_id == RosterEntry.unit_id))
        .where(RosterEntry.exam_id == exam_id, RosterEntry.candidate_id == candidate_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("这个人不在这场考试的名单里")
    return Candidate(*cast("tuple[Any, ...]", tuple(row)))


def by_login(session: Session, exam_id: int, login: str) -> int | None:
    """The person on the roster with this work number."""
    return session.scalar(
        select(RosterEntry.candidate_id).join(Person, Person.id == RosterEntry.candidate_id)
        .where(RosterEntry.exam_id == exam_id, Person.login == login)
    )


def accommodation(session: Session, exam_id: int, candidate_id: int) -> Accommodation | None:
    return session.get(Accommodation, (exam_id, candidate_id), populate_existing=True)


def accommodations(session: Session, exam_id: int) -> list[Granted]:
    rows = session.execute(
        select(*CANDIDATE, Accommodation.extra_percent, Accommodation.break_minutes, Accommodation.reason, GIVER.name,
               Accommodation.granted_at)
        .select_from(Accommodation).outerjoin(GIVER, GIVER.id == Accommodation.granted_by)
        .join(RosterEntry, (RosterEntry.exam_id == Accommodation.exam_id)
              & (RosterEntry.candidate_id == Accommodation.candidate_id))
        .join(Person, Person.id == Accommodation.candidate_id)
        .join(RosterUnit, (RosterUnit.exam_id == RosterEntry.exam_id) & (RosterUnit.unit_id == RosterEntry.unit_id))
        .where(Accommodation.exam_id == exam_id).order_by(RosterEntry.path, Person.login)
    ).all()
    return [Granted(Candidate(*row[:5]), row[5], row[6], row[7], row[8] or "", row[9]) for row in rows]


def extensions(session: Session, exam_id: int, candidate_id: int | None = None) -> list[Given]:
    """The latest first; of one person those for everybody as well."""
    wanted = (
        select(Person.name, Extension.minutes, Extension.reason, GIVER.name, Extension.granted_at).select_from(Extension)
        .outerjoin(Person, Person.id == Extension.candidate_id).outerjoin(GIVER, GIVER.id == Extension.granted_by)
        .where(Extension.exam_id == exam_id)
    )
    if candidate_id is not None:
        wanted = wanted.where((Extension.candidate_id == candidate_id) | Extension.candidate_id.is_(None))
    rows = session.execute(wanted.order_by(Extension.granted_at.desc(), Extension.id.desc())).all()
    return [Given(row[0] or "", row[1], row[2], row[3] or "", row[4]) for row in rows]


def for_everybody(session: Session, exam_id: int) -> int:
    """How many extensions for everybody an exam has had."""
    return session.scalar(
        select(func.count()).select_from(Extension)
        .where(Extension.exam_id == exam_id, Extension.candidate_id.is_(None))
    ) or 0


def working(session: Session, exam_id: int) -> int:
    """How many attempts are open."""
    return session.scalar(
        select(func.count()).select_from(Attempt).where(Attempt.exam_id == exam_id, Attempt.state == "open")
    ) or 0


def not_begun(session: Session, exam_id: int) -> int:
    """How many are expected and have not begun."""
    return max(exams.roster_counts(session, exam_id)["expected"] - begun(session, exam_id), 0)


def given_one_by_one(session: Session, exam_id: int, by: int | None) -> frozenset[int]:
    """To whom this person has given minutes in this exam, one by one."""
    found = session.scalars(
        select(Extension.candidate_id).where(Extension.exam_id == exam_id, Extension.granted_by == by).distinct()
    )
    return frozenset(one for one in found if one is not None)


def last_attempt(session: Session, exam_id: int, candidate_id: int) -> Attempt | None:
    """The open attempt of a person, or the last one."""
    return session.scalar(
        select(Attempt)
        .where(Attempt.candidate_id == candidate_id, Attempt.exam_id == exam_id, Attempt.state != "void")
        .order_by((Attempt.state == "open").desc(), Attempt.number.desc()).limit(1)
        .execution_options(populate_existing=True)
    )


def everybody_is_done(session: Session, exam: Exam) -> datetime:
    """The moment after which nobody can be working: by the window, by every accommodation, and by the open attempts
    that run longer, with the break that is still to be taken."""
    ends = [last_end(exam.opens_at, exam.closes_at, exam.minutes)]
    granted: Mapping[int, int] = dict(session.execute(
        select(Accommodation.extra_percent, func.max(Accommodation.break_minutes))
        .where(Accommodation.exam_id == exam.id).group_by(Accommodation.extra_percent)
    ).all())
    ends += [last_end(exam.opens_at, exam.closes_at, exam.minutes, *one) for one in granted.items()]
    rows = session.execute(
        select(Attempt.deadline_at, Attempt.break_started_at, Attempt.break_left)
        .where(Attempt.exam_id == exam.id, Attempt.state == "open", Attempt.deadline_at > exam.closes_at)
    )
    ends += [at + timedelta(seconds=0 if started else left) for at, started, left in rows]
    return max(ends)


def begun(session: Session, exam_id: int) -> int:
    """How many people have begun."""
    return session.scalar(
        select(func.count(Attempt.candidate_id.distinct()))
        .where(Attempt.exam_id == exam_id, Attempt.state != "void")
    ) or 0
