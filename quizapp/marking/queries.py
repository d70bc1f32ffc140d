"""Reading what waits for a marker. Nothing here reads a name, a login or a unit."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ColumnExpressionArgument, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from quizapp.attempts.models import Answer, Attempt
from quizapp.attempts.service.finishing import FINISHED
from quizapp.exams.models import Exam
from quizapp.marking.models import MarkingReading, MarkingRecord
from quizapp.marking.rules import Entry
from quizapp.papers import queries as papers
from quizapp.papers.models import FormQuestion
from quizapp.papers.queries import PaperQuestion

OF_ANSWER = and_(MarkingRecord.candidate_id == Answer.candidate_id, MarkingRecord.attempt_id == Answer.attempt_id,
                 MarkingRecord.position == Answer.position)
OF_ATTEMPT = and_(Attempt.candidate_id == Answer.candidate_id, Attempt.id == Answer.attempt_id)


@dataclass(frozen=True)
class Waiting:
    """An exam with short answers: how many wait for this marker, are the marker's own, have been marked. `mine`: how many
    this marker has marked, where two mark each."""

    exam: Exam
    waiting: int
    own: int
    marked: int
    mine: int | None = None


def exams(session: Session, marker_id: int) -> list[Waiting]:
    """Exams with answers that wait or have been marked; those with work first, the latest first."""
    unmarked = _by_exam(session, Attempt.needs_marking, Answer.score.is_(None))
    own = _by_exam(session, Attempt.needs_marking, Answer.score.is_(None), Answer.candidate_id == marker_id)
    marked = _by_exam(session, MarkingRecord.marker_id.is_not(None))
    found = session.scalars(
        select(Exam).where(Exam.id.in_([*unmarked, *marked])).order_by(Exam.opens_at.desc(), Exam.id.desc())
    )
    rows = [Waiting(exam, unmarked[exam.id] - own[exam.id], own[exam.id], marked[exam.id]) for exam in found]
    return sorted(rows, key=lambda row: not row.waiting)


def _by_exam(session: Session, *wanted: ColumnExpressionArgument[bool]) -> Counter[int]:
    rows = session.execute(
        select(Attempt.exam_id, func.count()).select_from(Answer).join(Attempt, OF_ATTEMPT)
        .outerjoin(MarkingRecord, OF_ANSWER)
        .where(Attempt.state.in_(FINISHED), *wanted).group_by(Attempt.exam_id)
    ).all()
    return Counter({row[0]: row[1] for row in rows})


def _of_people(exam_id: int) -> Select[*tuple[Any, ...]]:
    """What has to be marked by a person, or has been, as the columns of Entry."""
    return (
        select(Answer.candidate_id, Answer.attempt_id, Answer.position, Attempt.form_id, FormQuestion.item_version_id,
               FormQuestion.part, MarkingRecord.marker_id, MarkingRecord.marked_at)
        .join(Attempt, OF_ATTEMPT)
        .join(FormQuestion, and_(FormQuestion.form_id == Attempt.form_id, FormQuestion.position == Answer.position))
        .outerjoin(MarkingRecord, OF_ANSWER)
        .where(Attempt.exam_id == exam_id, Attempt.state.in_(FINISHED), FormQuestion.type == "short",
               or_(Answer.score.is_(None), MarkingRecord.marker_id.is_not(None)))
    )


def entries(session: Session, exam_id: int) -> list[Entry]:
    """Every answer of an exam that a person has to mark or has marked, in no order."""
    return [Entry(*cast("tuple[Any, ...]", tuple(row))) for row in session.execute(_of_people(exam_id))]


def entry_at(session: Session, exam_id: int, attempt_id: uuid.UUID, position: int) -> Entry | None:
    wanted = _of_people(exam_id).where(Answer.attempt_id == attempt_id, Answer.position == position)
    row = session.execute(wanted).first()
    return None if row is None else Entry(*cast("tuple[Any, ...]", tuple(row)))


def any_waiting(session: Session, exam_id: int) -> bool:
    """Whether an answer of the exam has no marks yet."""
    return bool(_by_exam(session, Attempt.exam_id == exam_id, Attempt.needs_marking, Answer.score.is_(None)))


@dataclass(frozen=True)
class Marked:
    """An answer that a person has marked: its marks, and what was answered."""

    entry: Entry
    score: Decimal
    text: str


def marked(session: Session, exam_id: int) -> list[Marked]:
    """Every answer of an exam that people have marked, in no order."""
    wanted = _of_people(exam_id).add_columns(MarkingRecord.score, Answer.response).where(MarkingRecord.marker_id.is_not(None))
    return [
        Marked(Entry(*cast("tuple[Any, ...]", tuple(row[:-2]))), row[-2], "\n".join(row[-1])) for row in session.execute(wanted)
    ]


def total_of(session: Session, entry: Entry) -> Decimal | None:
    """What the whole paper has, None while something waits for marks."""
    return session.scalar(
        select(Attempt.score).where(Attempt.candidate_id == entry.candidate_id, Attempt.id == entry.attempt_id)
    )


def question(session: Session, entry: Entry) -> PaperQuestion:
    """What was asked."""
    return next(q for q in papers.questions_with_content(session, entry.form_id) if q.position == entry.position)


def text(session: Session, entry: Entry) -> str:
    """What was answered."""
    found = session.scalars(
        select(Answer.response).where(Answer.candidate_id == entry.candidate_id, Answer.attempt_id == entry.attempt_id,
                                      Answer.position == entry.position)
    ).one()
    return "\n".join(found)


def record(session: Session, entry: Entry) -> MarkingRecord | None:
    return session.get(MarkingRecord, (entry.candidate_id, entry.attempt_id, entry.position), populate_existing=True)


def latest(session: Session, exam_id: int, marker_id: int) -> MarkingRecord | None:
    """The marks that this marker gave last in an exam: the only ones that may still be corrected."""
    return session.scalars(
        select(MarkingRecord)
        .join(Attempt, and_(Attempt.candidate_id == MarkingRecord.candidate_id, Attempt.id == MarkingRecord.attempt_id))
        .where(Attempt.exam_id == exam_id, Attempt.state.in_(FINISHED), MarkingRecord.marker_id == marker_id)
        .order_by(MarkingRecord.marked_at.desc()).limit(1).execution_options(populate_existing=True)
    ).first()


def is_of(record: MarkingRecord | None, entry: Entry) -> bool:
    """Whether these marks were given to that answer."""
    return record is not None and is_at(record, entry)


def is_at(given: MarkingRecord | MarkingReading, entry: Entry | MarkingReading) -> bool:
    return (given.candidate_id, given.attempt_id, given.position) == (entry.candidate_id, entry.attempt_id, entry.position)
