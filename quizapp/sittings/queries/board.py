"""Reading the board: everybody on the roster with the attempt that counts for it, in a handful of queries."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, case, cast, func, select
from sqlalchemy.orm import Session

from quizapp.attempts.models import Answer, Attempt, Note
from quizapp.attempts.rules.standing import Standing
from quizapp.exams import queries as exams
from quizapp.exams.models import Accommodation, Exam, Extension, RosterUnit
from quizapp.exams.queries import RosterRow
from quizapp.sittings.rules.board import Facts, Stage, Unit, stage_of

OF_ATTEMPT = (Attempt.candidate_id == Answer.candidate_id) & (Attempt.id == Answer.attempt_id)


@dataclass(frozen=True)
class Line:
    """One person on the board. `time`, `saved_at` and what follows are of the attempt that counts for it (the open
    one, or the last), None where there is none. `given`: minutes of extensions to this person alone."""

    person: RosterRow
    stage: Stage
    number: int | None
    started_at: datetime | None
    finished_at: datetime | None
    deadline_at: datetime | None
    saved_at: datetime | None
    answered: int | None
    extra_percent: int
    break_minutes: int
    given: int
    notes: int


@dataclass(frozen=True)
class Current:
    """The columns of an attempt that the board needs."""

    id: uuid.UUID
    number: int
    state: str
    started_at: datetime
    finished_at: datetime | None
    time: Standing


def lines(session: Session, exam: Exam, sees: Callable[[str], bool], now: datetime) -> list[Line]:
    """Everybody whom the reader may see, in roster order. `sees`: whether the unit at a path is theirs."""
    people = [row for row in exams.roster(session, exam.id) if sees(row.path)]
    current, work = _current(session, exam), _work(session, exam.id)
    extra, given, notes = _accommodations(session, exam.id), _given(session, exam.id), _notes(session, exam.id)
    found: list[Line] = []
    for person in people:
        attempt = current.get(person.candidate_id)
        saved_at, answered = work.get(attempt.id, (None, 0)) if attempt else (None, None)
        facts = Facts(attempt.state, attempt.time, saved_at or attempt.started_at) if attempt else None
        found.append(Line(
            person, stage_of(person.status, facts, exam.grace_seconds, now),
            attempt.number if attempt else None, attempt.started_at if attempt else None,
            attempt.finished_at if attempt else None, attempt.time.deadline_at if attempt else None, saved_at, answered,
            *extra.get(person.candidate_id, (0, 0)), given.get(person.candidate_id, 0),
            notes.get(person.candidate_id, 0),
        ))
    return found


def _current(session: Session, exam: Exam) -> dict[int, Current]:
    rows = session.execute(
        select(Attempt.candidate_id, Attempt.id, Attempt.number, Attempt.state, Attempt.started_at,
               Attempt.finished_at, Attempt.deadline_at, Attempt.break_started_at, Attempt.break_left)
        .where(Attempt.exam_id == exam.id, Attempt.state != "void").order_by(Attempt.number)
    ).all()
    found: dict[int, Current] = {}
    for row in rows:
        if row[0] not in found or found[row[0]].state != "open":
            found[row[0]] = Current(*row[1:6], Standing(row[6], exam.paused_at, row[7], row[8]))
    return found


def _work(session: Session, exam_id: int) -> dict[uuid.UUID, tuple[datetime | None, int]]:
    """Attempt → the last save, and how many questions are answered. What says nothing is kept as an empty list."""
    answered = func.sum(case((cast(Answer.response, Text) == "[]", 0), else_=1))
    rows = session.execute(
        select(Answer.attempt_id, func.max(Answer.saved_at), answered).join(Attempt, OF_ATTEMPT)
        .where(Attempt.exam_id == exam_id, Attempt.state != "void").group_by(Answer.attempt_id)
    ).all()
    return {row[0]: (row[1], int(row[2])) for row in rows}


def _accommodations(session: Session, exam_id: int) -> dict[int, tuple[int, int]]:
    rows = session.execute(
        select(Accommodation.candidate_id, Accommodation.extra_percent, Accommodation.break_minutes)
        .where(Accommodation.exam_id == exam_id)
    ).all()
    return {row[0]: (row[1], row[2]) for row in rows}


def _given(session: Session, exam_id: int) -> dict[int, int]:
    rows: Any = session.execute(
        select(Extension.candidate_id, func.sum(Extension.minutes))
        .where(Extension.exam_id == exam_id, Extension.candidate_id.is_not(None)).group_by(Extension.candidate_id)
    ).all()
    return {row[0]: int(row[1]) for row in rows}


def _notes(session: Session, exam_id: int) -> dict[int, int]:
    rows = session.execute(
        select(Note.candidate_id, func.count())
        .join(Attempt, (Attempt.candidate_id == Note.candidate_id) & (Attempt.id == Note.attempt_id))
        .where(Attempt.exam_id == exam_id, Attempt.state != "void").group_by(Note.candidate_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def units(session: Session, exam_id: int, sees: Callable[[str], bool]) -> list[Unit]:
    """The units of the roster that the reader may see."""
    rows = session.execute(
        select(RosterUnit.unit_id, RosterUnit.parent_id, RosterUnit.name, RosterUnit.path, RosterUnit.position)
        .where(RosterUnit.exam_id == exam_id).order_by(RosterUnit.position)
    ).all()
    return [Unit(row[0], row[1], row[2], row[3], row[4]) for row in rows if sees(row[3])]
