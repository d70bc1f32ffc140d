"""Reading attempts, answers and results."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.attempts.models import Answer, AnswerEvent, Attempt, Result
from quizapp.attempts.rules.counting import Finished
from quizapp.attempts.rules.layout import OnForm, Slot
from quizapp.attempts.rules.progress import State, state_of
from quizapp.attempts.rules.receipt import receipt
from quizapp.attempts.rules.saves import is_overdue
from quizapp.attempts.rules.ticket import Ticket
from quizapp.exams import queries as exams
from quizapp.exams.models import Accommodation, Exam, RosterEntry
from quizapp.kernel.errors import NotFoundError
from quizapp.papers import queries as papers
from quizapp.papers.models import Form, FormQuestion
from quizapp.questions.rules.marking import is_answered
from quizapp.questions.rules.markup import blank_count
from quizapp.questions.rules.schema import Fill, Multiple, Single

NOT_FOUND = "没有找到这次作答，请从“我的考试”进入"


@dataclass(frozen=True)
class Kept:
    """The current answer to one question, `response` in the bank's own ids."""

    position: int
    seq: int
    response: tuple[str, ...]
    flagged: bool
    seen: bool
    score: Decimal | None
    saved_at: datetime


@dataclass(frozen=True)
class PaperSize:
    """What one form of an exam asks for."""

    questions: int
    total: Decimal


def own(session: Session, candidate_id: int, attempt_id: uuid.UUID) -> Attempt:
    """An attempt of this person; somebody else's is as unknown as none. Raises NotFoundError."""
    found = session.get(Attempt, (candidate_id, attempt_id), populate_existing=True)
    if found is None:
        raise NotFoundError(NOT_FOUND)
    return found


def ticket(session: Session, candidate_id: int, attempt_id: uuid.UUID) -> Ticket:
    """What this person needs in order to write to the attempt. Raises NotFoundError."""
    row = session.execute(
        select(Attempt.exam_id, Exam.grace_seconds, Attempt.layout).join(Exam, Exam.id == Attempt.exam_id)
        .where(Attempt.candidate_id == candidate_id, Attempt.id == attempt_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError(NOT_FOUND)
    return Ticket.for_layout(candidate_id, row[0], attempt_id, row[1], row[2])


def attempts(session: Session, candidate_id: int, exam_id: int | None = None) -> list[Attempt]:
    """Attempts of a person, void ones left out, in their order."""
    wanted = select(Attempt).where(Attempt.candidate_id == candidate_id, Attempt.state != "void")
    if exam_id is not None:
        wanted = wanted.where(Attempt.exam_id == exam_id)
    return list(session.scalars(wanted.order_by(Attempt.exam_id, Attempt.number)))


def finished(session: Session, candidate_id: int, exam_id: int) -> dict[Finished, datetime]:
    """Attempts of a person that are over, void ones left out, each with the moment of its end."""
    rows = session.execute(
        select(Attempt.id, Attempt.number, Attempt.score, Attempt.finished_at)
        .where(Attempt.candidate_id == candidate_id, Attempt.exam_id == exam_id, Attempt.state != "void")
        .order_by(Attempt.number)
    ).all()
    return {Finished(*row[:3]): row[3] for row in rows if row[3] is not None}


def answers(session: Session, candidate_id: int, attempt_id: uuid.UUID) -> dict[int, Kept]:
    """Current answers by position on the form."""
    rows = session.execute(
        select(Answer.position, Answer.seq, Answer.response, Answer.flagged, Answer.seen, Answer.score,
               Answer.saved_at)
        .where(Answer.candidate_id == candidate_id, Answer.attempt_id == attempt_id)
    ).all()
    return {row[0]: Kept(row[0], row[1], tuple(row[2]), *row[3:]) for row in rows}


def events(session: Session, candidate_id: int, attempt_id: uuid.UUID) -> list[tuple[str, datetime]]:
    """Digest and moment of arrival of every save that counted."""
    rows = session.execute(
        select(AnswerEvent.digest, AnswerEvent.received_at)
        .where(AnswerEvent.candidate_id == candidate_id, AnswerEvent.attempt_id == attempt_id, AnswerEvent.refused == "")
    ).all()
    return [(row[0], row[1]) for row in rows]


def receipt_of(session: Session, attempt: Attempt) -> str:
    """The receipt computed anew from the rows, as anybody may do it. The attempt has to be over."""
    facts = [(k.position, k.seq, k.response) for k in answers(session, attempt.candidate_id, attempt.id).values()]
    found = events(session, attempt.candidate_id, attempt.id)
    assert attempt.finished_at is not None  # noqa: S101 - said above
    return receipt(attempt.id, attempt.candidate_id, attempt.finished_at, facts, found)


def states(layout: Sequence[Slot], kept: dict[int, Kept]) -> list[State]:
    """The state of every question in the order shown."""
    found = [kept.get(slot.position) for slot in layout]
    return [
        State.UNSEEN if answer is None
        else state_of(seen=answer.seen, answered=is_answered(answer.response), flagged=answer.flagged)
        for answer in found
    ]


def overdue(
    session: Session, now: datetime, *, candidate_id: int | None = None, exam_id: int | None = None
) -> list[tuple[int, uuid.UUID]]:
    """Open attempts, as (candidate, attempt), for which time and grace are over. The oldest first."""
    wanted = (
        select(Attempt.candidate_id, Attempt.id, Attempt.deadline_at, Exam.grace_seconds)
        .join(Exam, Exam.id == Attempt.exam_id)
        .where(Attempt.state == "open", Attempt.deadline_at < now,
               Exam.paused_at.is_(None) | (Attempt.deadline_at < Exam.paused_at))
        .order_by(Attempt.deadline_at)
    )
    if candidate_id is not None:
        wanted = wanted.where(Attempt.candidate_id == candidate_id)
    if exam_id is not None:
        wanted = wanted.where(Attempt.exam_id == exam_id)
    rows = session.execute(wanted).all()
    return [(candidate, attempt) for candidate, attempt, deadline, grace in rows if is_overdue(deadline, grace, now)]


def allowance(session: Session, exam_id: int, candidate_id: int) -> tuple[int, int]:
    """What this person was granted: extra working time in per cent, minutes of break."""
    found = session.get(Accommodation, (exam_id, candidate_id), populate_existing=True)
    return (found.extra_percent, found.break_minutes) if found else (0, 0)


def result(session: Session, exam_id: int, candidate_id: int) -> Result | None:
    return session.get(Result, (candidate_id, exam_id), populate_existing=True)


def results(session: Session, candidate_id: int) -> dict[int, Result]:
    """What counts for a person, by exam."""
    found = session.scalars(select(Result).where(Result.candidate_id == candidate_id))
    return {row.exam_id: row for row in found}


def sizes(session: Session, blueprint_ids: Sequence[int]) -> dict[int, PaperSize]:
    """Questions and marks of the forms of each blueprint (its forms are parallel, so the largest speaks)."""
    per_form = (
        select(Form.blueprint_id, Form.total, func.count().label("questions"))
        .join(FormQuestion, FormQuestion.form_id == Form.id)
        .where(Form.blueprint_id.in_(blueprint_ids))
        .group_by(Form.id, Form.blueprint_id, Form.total)
    )
    found: dict[int, PaperSize] = {}
    for blueprint_id, total, questions in session.execute(per_form).all():
        if blueprint_id not in found or questions > found[blueprint_id].questions:
            found[blueprint_id] = PaperSize(questions, total)
    return found


def roster_line(session: Session, exam_id: int, candidate_id: int) -> RosterEntry:
    """This person's line on the roster of a published exam. Raises NotFoundError for everybody else."""
    return exam_for(session, exam_id, candidate_id)[1]


def exam_for(session: Session, exam_id: int, candidate_id: int) -> tuple[Exam, RosterEntry]:
    """A published exam with this person's line on its roster. Raises NotFoundError for everybody else."""
    exam = exams.get(session, exam_id)
    entry = exams.roster_entry(session, exam_id, candidate_id)
    if entry is None or exam.state == "draft":
        raise NotFoundError("没有找到这场考试，或者你不在这场考试的名单里；有疑问请联系本单位联络员")
    return exam, entry


def form_layout(session: Session, form_id: int) -> list[OnForm]:
    """The questions of a form as far as laying them out needs to know."""
    return [_on_form(question) for question in papers.questions_with_content(session, form_id)]


def _on_form(question: papers.PaperQuestion) -> OnForm:
    asked = question.question
    options = tuple(asked.options) if isinstance(asked, Single | Multiple) else ()
    blanks = blank_count(asked.stem) if isinstance(asked, Fill) else 0
    section = "case" if question.part else question.type
    return OnForm(question.position, question.item_version_id, section, asked.type, options, blanks)
