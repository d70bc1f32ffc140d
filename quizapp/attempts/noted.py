"""Reading notes."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from quizapp.attempts.models import Attempt, Note, NoteReview
from quizapp.attempts.rules.notes import KEPT, Noted
from quizapp.exams.models import Exam, RosterEntry, RosterUnit
from quizapp.people.models import Person

OF_ATTEMPT = and_(NoteReview.candidate_id == Attempt.candidate_id, NoteReview.attempt_id == Attempt.id)


@dataclass(frozen=True)
class WithNotes:
    """An attempt with its notes, and what was said about them (None while nothing was)."""

    attempt_id: uuid.UUID
    candidate_id: int
    name: str
    login: str
    unit: str
    path: str
    number: int
    state: str
    finished_at: datetime | None
    notes: Sequence[Noted]
    review: NoteReview | None
    decided_by: str


def notes(session: Session, candidate_id: int, attempt_id: uuid.UUID) -> list[Noted]:
    """In the order in which they came."""
    rows = session.execute(
        select(Note.kind, Note.at, Note.lasted, Note.device)
        .where(Note.candidate_id == candidate_id, Note.attempt_id == attempt_id).order_by(Note.at, Note.id)
    )
    return [Noted(*row) for row in rows]


def count(session: Session, candidate_id: int, attempt_id: uuid.UUID) -> int:
    return session.scalar(select(func.count()).select_from(Note)
                          .where(Note.candidate_id == candidate_id, Note.attempt_id == attempt_id)) or 0


def review(session: Session, candidate_id: int, attempt_id: uuid.UUID) -> NoteReview | None:
    return session.get(NoteReview, (candidate_id, attempt_id), populate_existing=True)


def of_exam(session: Session, exam_id: int, attempt_id: uuid.UUID | None = None) -> list[WithNotes]:
    """Attempts of an exam with a note or a reply, in the order of the roster; or the one with this id, whatever it
    has."""
    has_notes = select(Note.attempt_id).where(Note.candidate_id == Attempt.candidate_id, Note.attempt_id == Attempt.id).exists()
    wanted = (
        select(Attempt.id, Attempt.candidate_id, Person.name, Person.login, RosterUnit.name, RosterEntry.path,
               Attempt.number, Attempt.state, Attempt.finished_at, NoteReview)
        .join(Person, Person.id == Attempt.candidate_id)
        .join(RosterEntry, and_(RosterEntry.exam_id == Attempt.exam_id, RosterEntry.candidate_id == Attempt.candidate_id))
        .join(RosterUnit, and_(RosterUnit.exam_id == RosterEntry.exam_id, RosterUnit.unit_id == RosterEntry.unit_id))
        .outerjoin(NoteReview, OF_ATTEMPT)
        .where(Attempt.exam_id == exam_id, or_(has_notes, NoteReview.reply != "") if attempt_id is None else Attempt.id == attempt_id)
        .order_by(RosterEntry.path, Person.login, Attempt.number)
    )
    rows = session.execute(wanted.execution_options(populate_existing=True)).all()
    found, names = _notes_of(session, exam_id, attempt_id), _names(session, [row[9].decided_by for row in rows if row[9]])
    return [WithNotes(*row[:9], found[row[0]], row[9], names.get(row[9].decided_by, "") if row[9] else "") for row in rows]


def _notes_of(session: Session, exam_id: int, attempt_id: uuid.UUID | None) -> dict[uuid.UUID, list[Noted]]:
    wanted = (
        select(Note.attempt_id, Note.kind, Note.at, Note.lasted, Note.device)
        .join(Attempt, and_(Attempt.candidate_id == Note.candidate_id, Attempt.id == Note.attempt_id))
        .where(Attempt.exam_id == exam_id).order_by(Note.at, Note.id)
    )
    found: dict[uuid.UUID, list[Noted]] = defaultdict(list)
    for row in session.execute(wanted if attempt_id is None else wanted.where(Attempt.id == attempt_id)):
        found[row[0]].append(Noted(*row[1:]))
    return found


def _names(session: Session, ids: Sequence[int | None]) -> dict[int | None, str]:
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_([one for one in ids if one]))).all()
    return {row[0]: row[1] for row in rows}


def exams_to_forget(session: Session, now: datetime) -> list[Exam]:
    """Exams that have been over for long and still have notes."""
    having = select(Attempt.exam_id).join(Note, and_(Note.candidate_id == Attempt.candidate_id, Note.attempt_id == Attempt.id))
    return list(session.scalars(select(Exam).where(Exam.settles_at < now - KEPT, Exam.id.in_(having)).order_by(Exam.id)))
