"""Reading applications, their history, and changes of rosters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from quizapp.attempts.models import Attempt
from quizapp.exams.models import Exam, Result, RosterEntry, RosterUnit
from quizapp.exams.rules import Phase
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.roles import Role
from quizapp.people import queries as people
from quizapp.people.models import Person, RoleGrant, Unit
from quizapp.rosters.models import ExcuseCase, ExcuseFile, ExcuseReason, ExcuseStep, RosterChange
from quizapp.rosters.rules import NO_CASE, OPEN


@dataclass(frozen=True)
class CaseRow:
    """An application with the names that stand around it. `unit`: as the roster has it."""

    id: int
    exam_id: int
    exam: str
    candidate_id: int
    login: str
    name: str
    unit: str
    path: str
    kind: str
    reason: str
    note: str
    state: str
    capacity: str
    asked_by: int
    asked_by_name: str
    asked_at: datetime

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True)
class History:
    """An application with everything that was done about it."""

    case: CaseRow
    steps: Sequence[ExcuseStep]
    files: Sequence[ExcuseFile]


@dataclass(frozen=True)
class ChangeRow:
    name: str
    login: str
    unit: str
    act: str
    reason: str
    by: str
    at: datetime


def _rows() -> Select[*tuple[Any, ...]]:
    asker = aliased(Person)
    return (
        select(ExcuseCase.id, ExcuseCase.exam_id, Exam.title, ExcuseCase.candidate_id, Person.login, Person.name,
               func.coalesce(RosterUnit.name, ""), ExcuseCase.path, ExcuseCase.kind, ExcuseCase.reason, ExcuseCase.note,
               ExcuseCase.state, ExcuseCase.capacity, ExcuseCase.asked_by, asker.name, ExcuseCase.asked_at)
        .join(Exam, Exam.id == ExcuseCase.exam_id)
        .join(Person, Person.id == ExcuseCase.candidate_id)
        .join(asker, asker.id == ExcuseCase.asked_by)
        .outerjoin(RosterUnit, (RosterUnit.exam_id == ExcuseCase.exam_id) & (RosterUnit.unit_id == ExcuseCase.unit_id))
    )


def cases(session: Session, scope: Sequence[str], *, open_only: bool = False) -> list[CaseRow]:
    """Applications of people in the units at these paths, the latest first."""
    wanted = _rows().where(people.within(scope, ExcuseCase.path)).order_by(ExcuseCase.asked_at.desc(), ExcuseCase.id.desc())
    if open_only:
        wanted = wanted.where(ExcuseCase.state.in_(OPEN))
    return [CaseRow(*tuple(row)) for row in session.execute(wanted)]


def waiting(session: Session, scope: Sequence[str], states: Collection[str]) -> int:
    """How many applications of people in the units at these paths stand there."""
    wanted = select(func.count()).select_from(ExcuseCase).where(ExcuseCase.state.in_(states), people.within(scope, ExcuseCase.path))
    return session.scalar(wanted) or 0


def case(session: Session, case_id: int) -> CaseRow:
    """Raises NotFoundError."""
    row = session.execute(_rows().where(ExcuseCase.id == case_id)).first()
    if row is None:
        raise NotFoundError(NO_CASE)
    return CaseRow(*tuple(row))


def histories(session: Session, exam_id: int, candidate_id: int) -> list[History]:
    """Every application of a person for an exam with its steps and files, the latest first. Three statements."""
    rows = session.execute(
        _rows().where(ExcuseCase.exam_id == exam_id, ExcuseCase.candidate_id == candidate_id).order_by(ExcuseCase.id.desc()))
    return _with_history(session, [CaseRow(*tuple(row)) for row in rows])


def history(session: Session, case_id: int) -> History:
    """Raises NotFoundError."""
    return _with_history(session, [case(session, case_id)])[0]


def _with_history(session: Session, found: Sequence[CaseRow]) -> list[History]:
    ids = [row.id for row in found]
    steps = session.scalars(select(ExcuseStep).where(ExcuseStep.case_id.in_(ids)).order_by(ExcuseStep.id)).all()
    files = session.scalars(select(ExcuseFile).where(ExcuseFile.case_id.in_(ids)).order_by(ExcuseFile.at, ExcuseFile.id)).all()
    return [
        History(row, [step for step in steps if step.case_id == row.id], [file for file in files if file.case_id == row.id])
        for row in found
    ]


def states_of(session: Session, candidate_id: int) -> dict[int, tuple[str, str]]:
    """Exam → kind and state of the person's latest application for it."""
    rows = session.execute(
        select(ExcuseCase.exam_id, ExcuseCase.kind, ExcuseCase.state)
        .where(ExcuseCase.candidate_id == candidate_id).order_by(ExcuseCase.id))
    return {exam_id: (kind, state) for exam_id, kind, state in rows}


def every_attachment(session: Session) -> set[UUID]:
    """The ids of all attachments that there are."""
    return set(session.scalars(select(ExcuseFile.id)))


def attachment(session: Session, file_id: UUID) -> tuple[ExcuseFile, ExcuseCase]:
    """Raises NotFoundError."""
    row = session.execute(
        select(ExcuseFile, ExcuseCase).join(ExcuseCase, ExcuseCase.id == ExcuseFile.case_id).where(ExcuseFile.id == file_id)
    ).first()
    if row is None:
        raise NotFoundError("没有找到这个附件")
    return row[0], row[1]


def reasons(session: Session, *, retired: bool = False) -> list[ExcuseReason]:
    """Those to choose from, or with the retired ones all of them: excuses first, in the order in which they came."""
    wanted = select(ExcuseReason).order_by(ExcuseReason.kind.desc(), ExcuseReason.id)
    return list(session.scalars(wanted if retired else wanted.where(ExcuseReason.retired_at.is_(None))))


# ---------------------------------------------------------------- what decides whether something may be done


def has_work(session: Session, exam_id: int, candidate_id: int) -> bool:
    """Whether the person has begun the exam or has a result of it; a voided attempt was none."""
    begun = exists().where(Attempt.candidate_id == candidate_id, Attempt.exam_id == exam_id, Attempt.state != "void")
    counted = exists().where(Result.candidate_id == candidate_id, Result.exam_id == exam_id)
    return bool(session.scalar(select(or_(begun, counted))))


def has_any_trace(session: Session, exam_id: int, candidate_id: int) -> bool:
    """As `has_work`, and a voided attempt counts."""
    begun = exists().where(Attempt.candidate_id == candidate_id, Attempt.exam_id == exam_id)
    return bool(session.scalar(select(begun))) or has_work(session, exam_id, candidate_id)


def results_are_out(session: Session, exam: Exam, now: datetime) -> bool:
    """Whether the figures stand: nobody can be working any more and results are released. Results on paper are out
    once there are any; until then nobody has seen a figure."""
    if exam.state == "archived":
        return True
    if exam.phase(now) in (Phase.DRAFT, Phase.COMING) or exam.moment(now) < exam.settles_at or not exam.is_released(now):
        return False
    return exam.kind == "online" or bool(session.scalar(select(exists().where(Result.exam_id == exam.id))))


def liaisons_of(session: Session, path: str, day: date, without: Collection[int] = ()) -> list[int]:
    """Who speaks for the unit at this path: liaisons of it or of a unit above, with an account in use."""
    return list(session.scalars(
        select(Person.id).join(RoleGrant, RoleGrant.person_id == Person.id).join(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.role == Role.LIAISON, literal(path).like(Unit.path + "%"), Person.active, ~people.has_left(day),
               Person.id.not_in(without))
        .distinct().order_by(Person.id)))


# ---------------------------------------------------------------- rosters


def changes(session: Session, exam_id: int) -> list[ChangeRow]:
    """Who was added and taken off after publishing, the latest first."""
    rows = session.execute(
        select(RosterChange, Person.name, Person.login).join(Person, Person.id == RosterChange.candidate_id)
        .where(RosterChange.exam_id == exam_id).order_by(RosterChange.at.desc(), RosterChange.id.desc()))
    return [ChangeRow(name, login, one.unit, one.act, one.reason, one.by_name, one.at) for one, name, login in rows]


def on_roster(session: Session, exam_id: int) -> set[int]:
    return set(session.scalars(select(RosterEntry.candidate_id).where(RosterEntry.exam_id == exam_id)))
